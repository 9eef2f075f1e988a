-- Sign a version for a side. Returns nothing.
insert into signature (number, sha256, side, who, signed_at)
values ($number, $sha256, $side, $who, $signed_at)
