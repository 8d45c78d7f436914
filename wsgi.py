"""The application object; and `python wsgi.py`, the embedded server."""

from deploy.embedded import checked_settings, serve

if __name__ == "__main__":
    serve()
else:
    from forum import create_app

    app = create_app(checked_settings())
