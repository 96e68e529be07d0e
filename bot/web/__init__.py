"""The small web beside the conversation: webhooks, health, metrics, the workshop's wall."""
