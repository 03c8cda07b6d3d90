"""The subject's work that is to be graded: items drawn so that faithful grading lands at a stated truth."""
