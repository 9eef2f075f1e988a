"""Cohorts and conversion, rejections, differences, goals and costs."""
