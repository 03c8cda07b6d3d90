"""Programs of the hosts, installed without their file name extension."""
