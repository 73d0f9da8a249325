"""Products of a network in 8-bit integers: as accurate as rounding allows, and faster than floats on most processors.

Weights have one scale a column, activations one a token. A token's scale comes from the token alone and sums of
integers are exact, so a vector does not depend on what else is in the batch. Normalised activations have channels that
are large in every text and would waste the scale of the others; they are divided by a constant that their weights are
multiplied by (Xiao et al. 2023, "SmoothQuant"). The work needs the onnx package; running the result does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from taskfit.encoders.onnx import PROBE, start
from taskfit.encoders.rounding import rounded
from taskfit.errors import MissingExtraError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["in_floats", "in_integers", "onnx_library"]

# Share of a channel's size that goes from activations to weights, as SmoothQuant calls alpha.
_ALPHA = 0.6

# A channel's size is this quantile of its absolute values, so that one outlier does not set it.
_NEARLY_ALL = 0.999

# Activations are unsigned around a middle zero: runtimes multiply unsigned by signed integers fastest.
_TOP = 127
_CONSTANTS: dict[str, NDArray[Any]] = {
    "int8/zero": np.array(128, dtype=np.uint8),
    "int8/step": np.array(1 / _TOP, dtype=np.float32),
    "int8/least": np.array(1e-6, dtype=np.float32),
    "int8/most": np.full((1, 64), 255, dtype=np.uint8),
    "int8/heavy": np.full((64, 16), _TOP, dtype=np.int8),
    "int8/column": np.full(16, 1 / _TOP / 64, dtype=np.float32),
}

# How the parameters of a traced network begin; see `taskfit.encoders.sentence_transformer`.
_TRACED = "network."

# Operators that ONNX Runtime adds to the standard.
_RUNTIME = "com.microsoft"


def in_integers(
    graph: bytes, weights: Mapping[str, NDArray[Any]], ids: NDArray[np.int64]
) -> tuple[bytes, dict[str, NDArray[Any]]]:
    """Let a network multiply by its weights in 8-bit integers.

    Parameters
    ----------
    graph : bytes
        An ONNX network without its weights, which are external initializers.
    weights : mapping of str to ndarray
        By name. Products by a matrix among them that is used once are rewritten; its rows are the channels of what it
        multiplies. Other products stay in floats, right and slower.
    ids : ndarray of shape (texts, tokens)
        Any texts, from which the sizes of channels are read.

    Returns
    -------
    tuple of (bytes, dict)
        The network and its weights. Those that are rewritten are integers, whose scales the network holds.

    Raises
    ------
    MissingExtraError
        If onnx is not installed.
    """
    onnx = onnx_library()
    model = onnx.load_model_from_string(graph)
    products = _products(model, weights)
    normalised = {node.output[0] for node in model.graph.node if node.op_type == "LayerNormalization"}
    sizes = _sizes(model, weights, [name for name in products if name in normalised], ids)
    stored, constants = dict(weights), dict(_CONSTANTS)
    replaced: dict[str, list[Any]] = {}
    for name, nodes in products.items():
        divisor = _evening(sizes[name], [weights[node.input[1]] for node in nodes]) if name in sizes else np.ones(1)
        if name in sizes:
            constants[f"{name}/factor"] = (1 / divisor).astype(np.float32)
        rounding = _rounding(name, even=name in sizes)
        for node in nodes:
            matrix = node.input[1]
            stored[matrix], scale = rounded(weights[matrix] * divisor[:, None], axis=0)
            constants[f"{matrix}/scale"] = scale[0]
            replaced[node.output[0]] = rounding + _product(node)
            rounding = []  # once for all products of the same activations
    _replace(model, replaced)
    model.graph.initializer.extend(onnx.numpy_helper.from_array(value, name) for name, value in constants.items())
    for tensor in model.graph.initializer:
        if tensor.name in stored and stored[tensor.name].dtype == np.int8:
            tensor.data_type = onnx.TensorProto.INT8
    return model.SerializeToString(), stored


def in_floats(graph: bytes, weights: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    """Return what `in_integers` was given, but for rounding, under the names that the network's parameters had.

    Parameters
    ----------
    graph : bytes
    weights : mapping of str to ndarray
        Both from `in_integers`.

    Returns
    -------
    dict of str to ndarray
        Matrices of shape (out, in), as torch keeps them; the rest as it was.

    Raises
    ------
    MissingExtraError
        If onnx is not installed.
    """
    onnx = onnx_library()
    model = onnx.load_model_from_string(graph)
    constants = {
        tensor.name: onnx.numpy_helper.to_array(tensor)
        for tensor in model.graph.initializer
        if tensor.data_location != onnx.TensorProto.EXTERNAL
    }
    values = {**constants, **weights}
    parameters = {name.removeprefix(_TRACED): value for name, value in values.items() if name.startswith(_TRACED)}
    for node in model.graph.node:
        if node.op_type != "MatMulIntegerToFloat" or node.input[1] not in weights:
            continue
        factor = constants.get(node.input[0].removesuffix("/int8") + "/factor", np.ones(1))
        matrix = weights[node.input[1]] * constants[node.input[3]] * factor[:, None]
        # A product is called after the module that makes it: "/network/layer.0/dense/MatMul_output_0/unit".
        module = ".".join(node.output[0].split("/")[2:-2])
        parameters[f"{module}.weight"] = matrix.T
    return {name: np.ascontiguousarray(value, dtype=np.float32) for name, value in parameters.items()}


def onnx_library() -> Any:
    """Return the onnx package.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingExtraError("onnx", "train") from error
    return onnx


def _products(model: Any, weights: Mapping[str, NDArray[Any]]) -> dict[str, list[Any]]:
    """Return the products by a matrix of their own, by the name of what is multiplied."""
    uses = Counter(name for node in model.graph.node for name in node.input)
    products: dict[str, list[Any]] = {}
    for node in model.graph.node:
        if node.op_type == "MatMul" and uses[node.input[1]] == 1 and np.ndim(weights.get(node.input[1], 0)) == 2:
            products.setdefault(node.input[0], []).append(node)
    return products


def _replace(model: Any, replaced: Mapping[str, list[Any]]) -> None:
    """Put new nodes in the place of those that made the named outputs, and the probe at the end."""
    from onnx import TensorProto, helper

    nodes = [new for node in model.graph.node for new in replaced.get(node.output[0], [node])]
    # The largest products there can be, summed and scaled to 1. Older processors add two of them in 16 bits, which
    # overflow; who does not get 1 needs another way to multiply.
    largest = ["int8/most", "int8/heavy", "int8/step", "int8/column", "int8/zero"]
    nodes.append(helper.make_node("MatMulIntegerToFloat", largest, [PROBE], domain=_RUNTIME))
    model.graph.output.append(helper.make_tensor_value_info(PROBE, TensorProto.FLOAT, [1, 16]))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    model.opset_import.append(helper.make_opsetid(_RUNTIME, 1))


def _sizes(
    model: Any, weights: Mapping[str, NDArray[Any]], names: list[str], ids: NDArray[np.int64]
) -> dict[str, NDArray[np.float64]]:
    """Return how large each channel of the named activations is."""
    if not names:
        return {}
    from onnx import TensorProto, helper

    watched = type(model)()
    watched.CopyFrom(model)
    watched.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    values = start(watched.SerializeToString(), weights).run(names, {"input_ids": ids})
    return {
        name: np.quantile(np.abs(value.reshape(-1, value.shape[-1])), _NEARLY_ALL, axis=0)
        for name, value in zip(names, values, strict=True)
    }


def _evening(sizes: NDArray[np.float64], matrices: list[NDArray[Any]]) -> NDArray[np.float64]:
    """Return what each channel is divided by, so that its activations and its weights are about as hard to round."""
    heaviest = np.max([np.abs(matrix).max(axis=1) for matrix in matrices], axis=0)
    divisor = np.maximum(sizes, 1e-3) ** _ALPHA / np.maximum(heaviest, 1e-3) ** (1 - _ALPHA)
    even: NDArray[np.float64] = divisor / np.exp(np.log(divisor).mean())
    return even


def _rounding(name: str, even: bool) -> list[Any]:
    """Return the steps from activations to integers and to the size of each token."""
    from onnx import helper

    source = f"{name}/even" if even else name
    evening = [helper.make_node("Mul", [name, f"{name}/factor"], [source])] if even else []
    return [
        *evening,
        helper.make_node("Abs", [source], [f"{name}/absolute"]),
        helper.make_node("ReduceMax", [f"{name}/absolute"], [f"{name}/largest"], axes=[-1], keepdims=1),
        helper.make_node("Max", [f"{name}/largest", "int8/least"], [f"{name}/size"]),
        helper.make_node("Div", [source, f"{name}/size"], [f"{name}/ratio"]),
        helper.make_node("QuantizeLinear", [f"{name}/ratio", "int8/step", "int8/zero"], [f"{name}/int8"]),
    ]


def _product(node: Any) -> list[Any]:
    """Return the steps from integers to what the product was."""
    from onnx import helper

    (name, matrix), output = node.input, node.output[0]
    inputs = [f"{name}/int8", matrix, "int8/step", f"{matrix}/scale", "int8/zero"]
    return [
        helper.make_node("MatMulIntegerToFloat", inputs, [f"{output}/unit"], domain=_RUNTIME),
        helper.make_node("Mul", [f"{output}/unit", f"{name}/size"], [output]),
    ]
