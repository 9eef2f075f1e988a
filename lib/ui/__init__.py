"""Streamlit's memory, confined: what is cached, what a visitor is tuning, the parts pages share."""
