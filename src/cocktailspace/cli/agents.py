"""`cocktailspace mcp`: the catalogue for an agent that starts this program."""

from cocktailspace.cli.common import existing, fail
from cocktailspace.logs import configure_logging


def mcp() -> None:
    """Serve an agent over standard input and output, by the Model Context Protocol.

    It reads the catalogue and the published analytics; with MCP_TOKEN it may write.
    """
    try:
        from cocktailspace.api.agents.operations import Operations  # noqa: PLC0415 - an extra
        from cocktailspace.api.agents.tools import make_agent_server  # noqa: PLC0415
    except ModuleNotFoundError:
        fail("agents take more: pip install 'cocktailspace[mcp]'")
    from cocktailspace.api.app import create_app  # noqa: PLC0415 - only where it is needed

    with existing() as services:
        settings = services.settings
        configure_logging(settings.log_format, settings.log_level)
        token = settings.mcp_token
        application = create_app(services, lasting=False)
        operations = Operations(application, token.get_secret_value() if token else None)
        make_agent_server(operations).run("stdio")
