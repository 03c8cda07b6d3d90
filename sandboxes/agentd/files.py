"""Removes a file for root in folders that others may change meanwhile."""

import os
import stat


def remove(path: str) -> bool:
    """Remove a regular file, following no link on the way to it.

    Args:
        path: Absolute, without `..`.

    Returns:
        Whether it was there; anything but a regular file counts as not there.
    """
    *folders, name = path.strip("/").split("/")
    at = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in folders:
            below = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = below
        if not stat.S_ISREG(os.lstat(name, dir_fd=at).st_mode):
            return False
        os.unlink(name, dir_fd=at)
    except OSError:  # gone, or something else took the place of a folder
        return False
    finally:
        os.close(at)
    return True
