"""The Agreement page: versions, signatures, proposals, outcomes."""
