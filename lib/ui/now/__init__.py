"""The data as they are now, as pages ask for them; and the drafts everybody shares."""
