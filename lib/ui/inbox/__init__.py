"""The Inbox: answering one lead at a time, and handing over."""
