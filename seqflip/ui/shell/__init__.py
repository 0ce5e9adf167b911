"""What surrounds every page: navigation, styles, keys, the visitor and the server behind.

No page's content is known here.
"""
