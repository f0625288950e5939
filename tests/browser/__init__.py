"""The pages of the reports in a real browser."""
