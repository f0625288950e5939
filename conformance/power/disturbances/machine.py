"""Disturbances of the machine that a run takes place on. The endpoint has no part in them."""

from __future__ import annotations

from conformance.power.disturbances import plugins
from conformance.power.disturbances.disturbance import Disturbance, Expected, Machine

USAGE, SUITE_ERROR, MEBIBYTE = 4, 7, 2**20
_ON_PATH = {"PYTHONPATH": "{start}/site"}
_PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
_NO_NETWORK = '''
import errno, socket

_connect, _look_up = socket.socket.connect, socket.getaddrinfo

def _is_near(host):
    return host is None or host in ("localhost", "::1", "") or str(host).startswith("127.")

def connect(self, address):
    """Only loopback is there."""
    if isinstance(address, tuple) and not _is_near(address[0]):
        raise OSError(errno.ENETUNREACH, "Network is unreachable")
    return _connect(self, address)

def getaddrinfo(host, *arguments, **options):
    if not _is_near(host.decode() if isinstance(host, bytes) else host):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    return _look_up(host, *arguments, **options)

socket.socket.connect, socket.getaddrinfo = connect, getaddrinfo
'''
_OTHER_PROJECT = {
    "pyproject.toml": (
        '[tool.pytest.ini_options]\naddopts = "-ra --strict-markers"\n'
        'filterwarnings = ["error"]\ntestpaths = ["tests"]\n'
    ),
    "conftest.py": "import pytest\n\n@pytest.fixture(autouse=True)\ndef everywhere():\n    yield\n",
    "tests/test_own.py": "def test_own():\n    assert False\n",
    "schemathesis.toml": "no [toml\n",
}
_AWS = {
    "AWS_PROFILE": "no-such-profile",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "ap-southeast-2",
    "AWS_CONFIG_FILE": "{start}/broken-config",
    "AWS_ENDPOINT_URL": "{proxy}",
    "AWS_DATA_PATH": "{start}/models",
    "AWS_ACCESS_KEY_ID": "AKIASOMEBODYELSE",
    "AWS_SECRET_ACCESS_KEY": "theirs",
    "AWS_SESSION_TOKEN": "theirs",
    "AWS_CA_BUNDLE": "{start}/no-such.pem",
    "HOME": "{start}",
}
_AWS_FILES = {
    "broken-config": "no [section\n",
    "models/readme": "no models\n",
    ".aws/models/connect/2099-01-01/service-2.json": '{"operations": {}, "shapes": {}}\n',
}

MACHINE = (
    Disturbance(
        "proxy",
        "The environment names a proxy, which refuses everything, and no exception.",
        Machine({**dict.fromkeys(_PROXY_VARIABLES, "{proxy}"), "NO_PROXY": "", "no_proxy": ""}),
        quick=True,
    ),
    Disturbance(
        "socks-proxy",
        "The environment names a SOCKS proxy that is not there.",
        Machine(
            {
                "ALL_PROXY": "socks5h://127.0.0.1:9",
                "all_proxy": "socks5h://127.0.0.1:9",
                "NO_PROXY": None,
                "no_proxy": None,
            }
        ),
    ),
    Disturbance(
        "no-network",
        "Nothing but the machine itself can be reached, and no name be looked up.",
        Machine(_ON_PATH, {"site/sitecustomize.py": _NO_NETWORK}),
    ),
    Disturbance(
        "netrc",
        "A .netrc in the home directory has a password for the endpoint's host.",
        Machine({"HOME": "{start}"}, {".netrc": "default login somebody password theirs\n"}),
    ),
    Disturbance(
        "certificate-variables",
        "The environment names certificates that are not there.",
        Machine(dict.fromkeys(("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"), "{start}/no-such.pem")),
    ),
    Disturbance(
        "aws-variables",
        "The environment and files of AWS tools name other keys, Regions, endpoints and models, some of them broken.",
        Machine(_AWS, _AWS_FILES),
    ),
    Disturbance("shuffling-plugin", "An installed plugin shuffles the tests.", Machine(_ON_PATH, plugins.SHUFFLING)),
    Disturbance("warning-plugin", "An installed plugin warns.", Machine(_ON_PATH, plugins.WARNING), quick=True),
    Disturbance(
        "same-options-plugin",
        "An installed plugin has options of the same names.",
        Machine(_ON_PATH, plugins.SAME_OPTIONS),
    ),
    Disturbance(
        "seeding-plugin",
        "An installed plugin seeds random numbers before each test.",
        Machine(_ON_PATH, plugins.SEEDING),
    ),
    Disturbance(
        "seeing-plugin", "An installed plugin adds to the report of each test.", Machine(_ON_PATH, plugins.SEEING)
    ),
    Disturbance("warnings-as-errors", "Python makes an error of each warning.", Machine({"PYTHONWARNINGS": "error"})),
    Disturbance("warnings-option", "pytest makes an error of each warning.", Machine(arguments=("-W", "error"))),
    Disturbance("optimized", "Python runs without assert statements.", Machine(interpreter=("-O",)), quick=True),
    Disturbance(
        "optimized-twice", "Python runs without assert statements and docstrings.", Machine({"PYTHONOPTIMIZE": "2"})
    ),
    Disturbance(
        "c-locale",
        "The locale is C, and Python does not mend it.",
        Machine({"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        quick=True,
    ),
    Disturbance(
        "no-locale",
        "No locale is set, and texts are written in ASCII.",
        Machine({"LC_ALL": None, "LANG": None, "PYTHONIOENCODING": "ascii"}),
    ),
    Disturbance("time-zone-ahead", "The time zone is 14 hours ahead of UTC.", Machine({"TZ": "Pacific/Kiritimati"})),
    Disturbance(
        "time-zone-half-an-hour",
        "The time zone is off by half an hour and has summer time.",
        Machine({"TZ": "America/St_Johns"}),
    ),
    Disturbance(
        "other-project",
        "The run starts in another project with settings, a conftest and failing tests of its own.",
        Machine(files=_OTHER_PROJECT),
    ),
    Disturbance(
        "shadowing-project",
        "The run starts in a project that has packages called reports and strategies.",
        Machine(files={f"{name}/__init__.py": "raise ImportError('theirs')\n" for name in ("reports", "strategies")}),
        Expected(codes=(USAGE,), refused=True, says=("hides that of the suite",)),
    ),
    Disturbance(
        "continuous-integration",
        "The environment says that it is a CI job.",
        Machine({"CI": "true", "GITHUB_ACTIONS": "true", "TERM": None}),
    ),
    Disturbance(
        "pytest-variables",
        "The environment has options for pytest.",
        Machine({"PYTEST_ADDOPTS": "-ra --color=yes -p no:cacheprovider", "PYTEST_THEME": "monokai"}),
    ),
    Disturbance(
        "no-home",
        "There is no home directory and no user's name.",
        Machine({"HOME": "/nonexistent", "USER": None, "LOGNAME": None}),
    ),
    Disturbance("narrow-terminal", "The terminal is 20 columns wide.", Machine({"COLUMNS": "20", "LINES": "5"})),
    Disturbance(
        "bytecode-elsewhere",
        "Python writes no bytecode and hashes by another seed.",
        Machine({"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "4294967295"}),
    ),
    Disturbance("development-mode", "Python runs in its development mode.", Machine(interpreter=("-X", "dev"))),
    Disturbance("few-files", "A process may open 64 files at once.", Machine(limits={"RLIMIT_NOFILE": 64})),
    Disturbance(
        "little-memory",
        "A process may use 300 MiB of memory for its data.",
        Machine(limits={"RLIMIT_DATA": 300 * MEBIBYTE}),
    ),
    Disturbance(
        "full-disk",
        "No file can grow beyond 64 KiB, as where a disk is full.",
        Machine(limits={"RLIMIT_FSIZE": 2**16}),
        Expected(codes=(USAGE, SUITE_ERROR), refused=True),
    ),
    Disturbance(
        "no-report-directory",
        "The report directory cannot be made.",
        Machine(report_dir="{start}/file/reports", files={"file": ""}),
        Expected(codes=(USAGE,), refused=True, says=("--report-dir",)),
        quick=True,
    ),
    Disturbance(
        "no-job-summary",
        "The file for a CI job's summary cannot be written.",
        Machine({"GITHUB_STEP_SUMMARY": "{start}/no/such/file"}),
    ),
)
