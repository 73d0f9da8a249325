import numpy as np
import pytest

from taskfit.encoders import onnx as runtime
from taskfit.encoders.integers import in_floats, in_integers
from taskfit.encoders.onnx import PROBE, quantise, start
from taskfit.errors import EncoderError

onnx = pytest.importorskip("onnx")

WORDS, WIDTH = 50, 64


@pytest.fixture(scope="module")
def network():
    """Return words, a layer norm with one channel far larger than the others, and a product: graph and weights."""
    rng = np.random.default_rng(0)
    weights = {
        "table": rng.normal(size=(WORDS, WIDTH)).astype(np.float32),
        "layer": rng.normal(size=(WIDTH, 32)).astype(np.float32),
    }
    gain = np.ones(WIDTH, dtype=np.float32)
    gain[7] = 30
    make = onnx.helper.make_node
    nodes = [
        make("Gather", ["table", "input_ids"], ["words"]),
        make("LayerNormalization", ["words", "gain"], ["normal"]),
        make("MatMul", ["normal", "layer"], ["token_vectors"]),
    ]
    graph = onnx.helper.make_graph(
        nodes,
        "network",
        [onnx.helper.make_tensor_value_info("input_ids", onnx.TensorProto.INT64, ["batch", "tokens"])],
        [onnx.helper.make_tensor_value_info("token_vectors", onnx.TensorProto.FLOAT, ["batch", "tokens", 32])],
        [onnx.numpy_helper.from_array(gain, "gain")],
    )
    for name, values in weights.items():
        tensor = graph.initializer.add(name=name, dims=values.shape, data_type=onnx.TensorProto.FLOAT)
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="weights")
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString(), weights


@pytest.fixture(scope="module")
def texts():
    return np.random.default_rng(1).integers(WORDS, size=(40, 9))


def vectors(graph, weights, ids):
    return start(graph, weights).run(["token_vectors"], {"input_ids": ids})[0]


def test_products_in_integers_differ_by_rounding_alone(network, texts):
    exact = vectors(*network, texts)
    rounded = vectors(*in_integers(*network, texts), texts)
    assert (rounded != exact).any()
    assert np.linalg.norm(rounded - exact) < 0.01 * np.linalg.norm(exact)


def test_a_large_channel_does_not_spoil_the_others(network, texts):
    graph, weights = network
    quiet = weights | {"layer": weights["layer"] * (np.arange(WIDTH) != 7)[:, None]}
    exact = vectors(graph, quiet, texts)
    rounded = vectors(*in_integers(graph, quiet, texts), texts)
    assert np.linalg.norm(rounded - exact) < 0.02 * np.linalg.norm(exact)


def test_only_matrices_become_integers(network, texts):
    graph, weights = in_integers(*network, texts)
    assert weights["layer"].dtype == np.int8
    assert weights["table"].dtype == np.float32
    assert quantise({**weights, "large": np.ones((400, 300), dtype=np.int8)}).keys() == {*weights, "large"}
    operators = [node.op_type for node in onnx.load_model_from_string(graph).graph.node]
    assert "MatMul" not in operators


def changed(graph, change):
    model = onnx.load_model_from_string(graph)
    change(model.graph)
    return model.SerializeToString()


def multiply_again(graph, activations, matrix):
    """Add a second product, and the sum of both as what the network gives."""
    graph.node[-1].output[0] = "one"
    graph.node.append(onnx.helper.make_node("MatMul", [activations, matrix], ["two"]))
    graph.node.append(onnx.helper.make_node("Add", ["one", "two"], ["token_vectors"]))


def test_products_of_the_same_activations_share_their_rounding(network, texts):
    graph, weights = network

    def twice(graph):
        multiply_again(graph, "normal", "other")
        graph.initializer.add().CopyFrom(next(tensor for tensor in graph.initializer if tensor.name == "layer"))
        graph.initializer[-1].name = "other"

    graph, weights = changed(graph, twice), {**weights, "other": weights["layer"][:, ::-1].copy()}
    integers, stored = in_integers(graph, weights, texts)
    operators = [node.op_type for node in onnx.load_model_from_string(integers).graph.node]
    assert operators.count("QuantizeLinear") == 1
    exact = vectors(graph, weights, texts)
    assert np.linalg.norm(vectors(integers, stored, texts) - exact) < 0.01 * np.linalg.norm(exact)


def test_a_matrix_that_is_used_twice_stays_in_floats(network, texts):
    graph, weights = network
    graph = changed(graph, lambda graph: multiply_again(graph, "words", "layer"))
    integers, stored = in_integers(graph, weights, texts)
    assert stored["layer"].dtype == np.float32
    assert (vectors(integers, stored, texts) == vectors(graph, weights, texts)).all()


def test_a_network_without_layer_norm_is_rounded_too(network, texts):
    graph, weights = network

    def straight(graph):
        graph.node[-1].input[0] = "words"
        del graph.node[1]

    graph = changed(graph, straight)
    integers, stored = in_integers(graph, weights, texts)
    assert stored["layer"].dtype == np.int8
    exact = vectors(graph, weights, texts)
    assert np.linalg.norm(vectors(integers, stored, texts) - exact) < 0.02 * np.linalg.norm(exact)


def test_a_token_is_rounded_by_itself(network, texts):
    network = in_integers(*network, texts)
    together = vectors(*network, texts)
    alone = np.concatenate([vectors(*network, texts[[row]]) for row in range(len(texts))])
    assert (together == alone).all()


def test_the_probe_tells_that_nothing_overflows(network, texts):
    graph, weights = in_integers(*network, texts)
    (largest,) = start(graph, weights).run([PROBE], {"input_ids": texts})
    assert np.allclose(largest, 1)


def test_a_processor_that_always_overflows_is_refused(network, texts):
    graph, weights = in_integers(*network, texts)

    def broken(graph):
        step = next(tensor for tensor in graph.initializer if tensor.name == "int8/step")
        step.CopyFrom(onnx.numpy_helper.from_array(np.array(0.5, dtype=np.float32), step.name))

    with pytest.raises(EncoderError, match="multiplies 8-bit integers wrongly"):
        start(changed(graph, broken), weights)


def test_a_processor_that_overflows_multiplies_another_way_to_the_same_end(network, texts, monkeypatch):
    graph, weights = in_integers(*network, texts)
    expected = vectors(graph, weights, texts)
    asked = []
    session = runtime._session

    class Overflowing:
        def get_outputs(self):
            return session(graph, weights, exactly=False).get_outputs()

        def run(self, names, feed):
            return [np.full((1, 16), 0.5)]

    def overflowing(graph, weights, exactly):
        asked.append(exactly)
        return session(graph, weights, exactly) if exactly else Overflowing()

    monkeypatch.setattr(runtime, "_session", overflowing)
    assert np.allclose(vectors(graph, weights, texts), expected, atol=1e-5)
    assert asked == [False, True]


def test_integers_go_back_to_the_floats_that_they_came_from(network, texts):
    graph, weights = network

    def named(graph):
        """Name tensors as a traced network does."""
        for tensor in graph.initializer:
            if tensor.name != "layer":
                tensor.name = f"network.{tensor.name}.weight"
        graph.node[0].input[0], graph.node[1].input[1] = "network.table.weight", "network.gain.weight"
        graph.node[2].output[0] = "/network/block.0/dense/MatMul_output_0"
        graph.node.append(onnx.helper.make_node("Identity", [graph.node[2].output[0]], ["token_vectors"]))

    weights = {"network.table.weight": weights["table"], "layer": weights["layer"]}
    again = in_floats(*in_integers(changed(graph, named), weights, texts))
    assert again.keys() == {"table.weight", "gain.weight", "block.0.dense.weight"}
    assert (again["table.weight"] == weights["network.table.weight"]).all()
    assert again["gain.weight"][7] == 30
    layer = weights["layer"]
    assert again["block.0.dense.weight"].shape == layer.T.shape
    assert np.linalg.norm(again["block.0.dense.weight"].T - layer) < 0.02 * np.linalg.norm(layer)
