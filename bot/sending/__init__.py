"""What happens to messages that wait: looked at once more, handed to their gateway, and followed until they arrive."""
