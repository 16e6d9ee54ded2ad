import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ["OMP_NUM_THREADS"] = "1"  # not by a call: threads of forked processes then repeat it, and may meet in it

import rig


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_compiler(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Its folder, which it makes when it is imported, is not left in the temporary one."""
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(tmp_path_factory.mktemp("compiler"))


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama language model with tied embeddings."""
    return rig.make_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 learnable pairs."""
    return rig.make_pairs(tmp_path_factory.mktemp("pairs") / "pairs.parquet")
