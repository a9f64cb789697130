"""The environment of TensorFlow: threads, compile cache, silence.

Nothing here imports TensorFlow; `seqmem.backend.lazy` does, after the environment has been set.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import platform
import sys
import tempfile
from pathlib import Path

CACHE_BYTES = 512 * 2**20
# A loop whose step touches less than this becomes one kernel of the processor; see `seqmem.backend.loops`.
LOOP_BYTES = 2_000_000
NVIDIA_GPUS = Path("/proc/driver/nvidia/gpus")
# Holds the id of the process that set the environment; a child process inherits the rest but must set its own.
PREPARED = "_SEQMEM_PREPARED"
# Where this process keeps compiled programs; None where it keeps none.
programs: Path | None = None


def prepare(threads: int = 1, cache: bool = True) -> None:
    """Sets the environment variables that TensorFlow reads at its import; no effect after that.

    Args:
        threads: Threads per operation. More than one can change results in their last bits.
        cache: Whether to keep compiled programs on disk, so that the next process starts faster.
    """
    global programs
    if "tensorflow" in sys.modules:
        return
    os.environ[PREPARED] = str(os.getpid())
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
    # else the first of several workers takes all memory of a GPU
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = str(threads)
    one_kernel = f"--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold={LOOP_BYTES}"
    os.environ.setdefault("XLA_FLAGS", one_kernel)
    folder = cache_folder() if cache else None
    if folder is not None and _usable(folder):
        programs = folder
        _prune(folder)
        flags, flag = os.environ.get("TF_XLA_FLAGS", ""), f"--tf_xla_persistent_cache_directory={folder}"
        if flag not in flags.split():
            os.environ["TF_XLA_FLAGS"] = f"{flags} {flag}".strip()


def prepare_by_default() -> None:
    """Calls `prepare` unless this process has called it before."""
    if os.environ.get(PREPARED) != str(os.getpid()):
        prepare()


def cache_folder() -> Path:
    """Returns the folder of compiled programs, one for each version of TensorFlow and kind of processor."""
    root = Path(os.environ.get("SEQMEM_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "seqmem")
    version = importlib.metadata.version("tensorflow")
    processor = hashlib.sha256(
        "\n".join([_processor(), *_gpus(), os.environ.get("XLA_FLAGS", "")]).encode()
    ).hexdigest()[:12]
    return root.expanduser() / f"xla-{version}-{processor}"


def _prune(folder: Path) -> None:
    """Removes the oldest programs beyond `CACHE_BYTES`."""
    with contextlib.suppress(OSError):
        entries = sorted(((entry.stat(), entry) for entry in folder.iterdir()), key=lambda entry: -entry[0].st_mtime)
        kept = 0
        for status, entry in entries:
            kept += status.st_size
            if kept > CACHE_BYTES:
                entry.unlink(missing_ok=True)


def machine_memory() -> int | None:
    """Returns the bytes of memory that this process may use at the most; None where the system does not say."""
    limits = []
    with contextlib.suppress(AttributeError, ValueError, OSError):  # Windows has no sysconf
        limits.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    # of a container: control groups of version 2, and of version 1
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            limits.append(int(Path("/sys/fs/cgroup", name).read_text()))
    return min(limits, default=None)


def clear_cache() -> bool:
    """Empties the folder of compiled programs; returns whether it held any."""
    folder = cache_folder()
    entries = [*folder.glob("*.pb"), *folder.glob("*.graph")]
    for entry in entries:
        entry.unlink(missing_ok=True)
    return bool(entries)


def environment(threads: int) -> dict[str, object]:
    """Returns what a result may depend on besides its settings: versions, processor, threads, command line."""
    packages = ("seqmem", "tensorflow", "keras", "numpy")
    return {
        "versions": {"python": platform.python_version()}
        | {name: importlib.metadata.version(name) for name in packages},
        "platform": platform.platform(),
        "processor": ", ".join([*_processor().splitlines()[:1], *_gpus()]) or platform.machine(),
        "threads": threads,
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
    }


def _usable(folder: Path) -> bool:
    """Whether compiled programs can be kept there, readable and writable by this user only."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():  # Windows has neither
            return False
        folder.chmod(0o700)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _processor() -> str:
    """The processor's name and features: a program compiled for one may not run on another."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    wanted = ("model name", "flags", "Features", "CPU part")
    return "\n".join(dict.fromkeys(line.partition(":")[2].strip() for line in lines if line.startswith(wanted)))


def _gpus() -> list[str]:
    """The models of NVIDIA's GPUs."""
    with contextlib.suppress(OSError):
        texts = [file.read_text() for file in NVIDIA_GPUS.glob("*/information")]
        lines = [line for text in texts for line in text.splitlines()]
        return sorted(line.partition(":")[2].strip() for line in lines if line.startswith("Model:"))
    return []
