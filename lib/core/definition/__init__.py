"""The written MQL definition: criteria, the reference scorer, matching, words, drafts."""
