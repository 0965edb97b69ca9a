"""The conversation in Telegram. The only folder that imports ``telegram``.

``application.build`` puts it together; ``polling.poll`` or ``webhook.listen`` runs it until told to stop.
"""
