-- The leads with every field as the text a criterion compares. One row a lead, in the order of their ids.
select
    lead_id,
    epoch_us(created_at) as created_us,
    strftime(created_at, '%Y-%m-%dT%H:%M:%S')
    || case
        when epoch_us(created_at) % 1000000 = 0 then 'Z'
        else strftime(created_at, '.%fZ')
    end as created_at,
    first_name,
    last_name,
    title,
    email,
    phone,
    company,
    employees::varchar as employees,
    industry,
    country,
    channel,
    source,
    landing_page,
    owner,
    -- Every digit that means something: 12.5000 is 12.5, and 100.0000 is 100.
    rtrim(rtrim(cost::varchar, '0'), '.') as cost

from lead

where $lead_id is null or lead_id = $lead_id

order by lead_id
