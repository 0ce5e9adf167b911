"""SeqFlip in the browser: `streamlit run app.py`.

The server takes its `app` from here. For every visitor, and whenever something was changed on a
page, it runs this file as a script.
"""

import streamlit as st
from starlette.middleware import Middleware

from seqflip.server.class_routes import CLASS_ERRORS, class_routes
from seqflip.server.headers import SafeHeaders
from seqflip.server.key_cookie import key_routes
from seqflip.server.limits import ServerLimits
from seqflip.ui.class_.mount import class_place, take_class_of_link
from seqflip.ui.feed import ON_ERROR, routes
from seqflip.ui.shell.frame import navigate, show_foot, show_frame
from seqflip.ui.shell.server import lifetime

if __name__ == "__main__":
    st.set_page_config(
        page_title="SeqFlip",
        page_icon="static/icon.svg",
        layout="wide",
        initial_sidebar_state="collapsed" if st.context.is_embedded else "auto",
    )
    page = navigate()
    take_class_of_link()
    show_frame()
    page.run()
    show_foot()
    class_place()
else:
    base = st.get_option("server.baseUrlPath")
    framed_by = ServerLimits.from_environment().framed_by
    app = st.App(
        __file__,
        lifespan=lifetime,
        routes=[*routes(base), *key_routes(base), *class_routes(base)],
        middleware=[Middleware(SafeHeaders, framed_by=framed_by)],
        exception_handlers={**ON_ERROR, **CLASS_ERRORS},
    )
