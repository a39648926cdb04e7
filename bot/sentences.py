"""What the service itself says, outside any flow. Plain, kind, one SMS each; English here, translated by sentence."""

STOPPED = "You will get no more texts from us. Changed your mind? Text START."
WELCOME_BACK = "Welcome back. You can get texts from {organisation} again. Text STOP at any time to end them."
HELP = "This is {organisation}. We ask people what they think, by text. Text STOP and we will not text you again."
QUESTION_WAITS = "Your last question is still open: just reply to it."
NOT_UNDERSTOOD = "Thank you for your text to {organisation}. To begin, text {keywords}. Text STOP for no more texts."
NO_PICTURES = "Sorry, we cannot take pictures or voice notes. Please tell us in words."
