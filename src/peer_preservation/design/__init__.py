"""Cells: which factors there are, what each may take, and why some combinations are refused."""
