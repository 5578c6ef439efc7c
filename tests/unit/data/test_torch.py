"""Tensors of torch and the state of a model; collected only where torch is installed."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
import pytest
import torch

import nbmlops as ml
from nbmlops.data.things import look
from nbmlops.errors import RecordError

pytestmark = pytest.mark.usefixtures("store")

TENSORS: dict[str, Any] = {
    "float": torch.arange(6.0).reshape(2, 3),
    "scalar": torch.tensor(3.5),
    "empty": torch.zeros(0, 3),
    "bfloat16": torch.tensor([1.5, -2.0], dtype=torch.bfloat16),
    "bfloat16 scalar": torch.tensor(1.5, dtype=torch.bfloat16),
    "bfloat16 transposed": torch.arange(6).to(torch.bfloat16).reshape(2, 3).t(),
    "half": torch.ones(2, dtype=torch.float16),
    "float8": torch.ones(2).to(torch.float8_e4m3fn),
    "transposed": torch.arange(6).reshape(2, 3).t(),
    "every second": torch.arange(6)[::2],
    "requires grad": torch.ones(2, requires_grad=True),
    "parameter": torch.nn.Parameter(torch.ones(2)),
    "bool": torch.tensor([True, False]),
    "uint16": torch.tensor([1, 65535], dtype=torch.uint16),
    "complex": torch.ones(2, dtype=torch.complex64),
    "conjugated": torch.tensor([1 + 2j]).conj(),
    "negated": torch.tensor([1 + 2j]).conj().imag,
}


@pytest.mark.parametrize("name", TENSORS)
def test_tensors_come_back(name: str) -> None:
    tensor = TENSORS[name]
    ml.data.save(tensor, "tensor")
    back = ml.data.load("tensor")
    assert type(back) is torch.Tensor
    assert (back.dtype, back.shape, back.requires_grad) == (tensor.dtype, tensor.shape, False)
    if tensor.dtype.itemsize == 1 and tensor.is_floating_point():
        back, tensor = back.float(), tensor.float()
    assert torch.equal(back, tensor.detach())
    assert not ml.data.diff("tensor", TENSORS[name])


def test_the_identity_is_of_type_shape_and_values() -> None:
    tensor = torch.arange(6.0).reshape(2, 3)
    assert look(tensor).content_id == look(tensor.numpy()).content_id
    assert look(tensor.t().contiguous()).content_id == look(tensor.t()).content_id
    different = [tensor, tensor.double(), tensor.reshape(3, 2), tensor + 1, tensor.bfloat16(), tensor.half()]
    different += [tensor.bfloat16().view(torch.int16), torch.ones(2, 3).to(torch.float8_e5m2), torch.ones(2, 3).byte()]
    assert len({look(one).content_id for one in different}) == len(different)


@pytest.mark.parametrize(
    ("tensor", "said", "hint"),
    [
        (torch.ones(2).to_sparse(), "sparse", "to_dense"),
        (torch.ones(2, device="meta"), "has no values", "filled"),
    ],
)
def test_tensors_without_plain_values_are_refused(tensor: Any, said: str, hint: str) -> None:
    with pytest.raises(RecordError) as caught:
        ml.data.save(tensor, "tensor")
    assert said in caught.value.message
    assert hint in caught.value.hint


def network() -> Any:
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 2))


def test_the_state_of_a_model_comes_back_and_fits_into_it() -> None:
    model = network()
    version = ml.data.save(model.state_dict(), "weights")
    assert version.kind == "state"
    back = ml.data.load("weights")
    assert type(back) is OrderedDict
    other = network()
    for parameter in other.parameters():
        parameter.data.zero_()
    other.load_state_dict(back)
    data = torch.ones(2, 4)
    assert torch.equal(model.eval()(data), other.eval()(data))
    assert look({name: value.numpy() for name, value in back.items()}).content_id == version.content_id


def test_a_checkpoint_with_its_optimizer_comes_back() -> None:
    model = network()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    model(torch.ones(2, 4)).sum().backward()
    optimizer.step()
    ml.data.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}, "checkpoint")
    back = ml.data.load("checkpoint")
    assert back["epoch"] == 3
    optimizer.load_state_dict(back["optimizer"])
    assert back["optimizer"]["param_groups"] == optimizer.state_dict()["param_groups"]


def test_a_diff_of_states_names_the_tensors() -> None:
    model = network()
    ml.data.save(model.state_dict(), "weights")
    with torch.no_grad():
        model[0].bias += 0.5
    found = ml.data.diff("weights", model.state_dict())
    assert found.rows("changed")["tensor"].tolist() == ["0.bias"]
    assert "0.bias by up to 0.5" in found.found.notes
    assert found.summary["rows"]["added"] == found.summary["rows"]["removed"] == 0


def test_a_diff_of_tensors_shows_values_also_of_bfloat16() -> None:
    one, two = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.5])
    for kind in (torch.float32, torch.bfloat16):
        ml.data.save(one.to(kind), str(kind).rpartition(".")[2])
        found = ml.data.diff(str(kind).rpartition(".")[2], two.to(kind))
        assert found.cells()[["row", "before", "after"]].values.tolist() == [[1, 2.0, 2.5]]


def test_a_model_itself_is_refused_with_the_line_that_saves_it() -> None:
    with pytest.raises(RecordError) as caught:
        ml.data.save(network(), "model")
    assert "state_dict()" in caught.value.hint


def test_a_tensor_passed_to_fit_is_an_input() -> None:
    from sklearn.preprocessing import StandardScaler

    X = torch.arange(6.0).reshape(3, 2)  # noqa: N806
    with ml.run("fits"):
        StandardScaler().fit(X)
    found = ml.sql("SELECT variable, content_id FROM data_edges").values.tolist()
    assert found == [["X", look(X).content_id]]
    assert np.isclose(float(X.sum()), 15.0)
