"""What the weekly funnel review and sales' daily check look at."""
