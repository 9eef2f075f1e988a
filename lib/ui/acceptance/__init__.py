"""The Acceptance page: whom sales accepts, and why not the others."""
