"""Programs that run as root inside a machine; standard library only, sent by `stage.bundle`."""
