"""What the tools are given: a case's network as PyTorch or Keras has it, its layer, input and classes."""


class Unsupported(Exception):
    """The tool has no way to say what the case asks for; the message is why."""


class TorchSubject:
    def __init__(self, case):
        import torch

        import networks

        self.case, self.classes = case, case.classes
        self.network = networks.with_weights(getattr(networks, case.torch["network"])(), case.weights)
        self.layer = self.network.get_submodule(case.torch["layer"])
        self.input = torch.from_numpy(case.input)

    def images(self):
        """One by one, for tools that take no batch: an input [1, C, H, W] and its class."""
        return [(self.input[i : i + 1], label) for i, label in enumerate(self.classes)]

    def reshape(self):
        """A function that brings the layer's value to planes; None where it has them."""
        if self.case.layout == "NCHW":
            return None
        if self.case.layout == "NHWC":
            return lambda value: value.permute(0, 3, 1, 2)
        rows, columns, skip = self.case.grid
        return lambda value: value[:, skip:].reshape(len(value), rows, columns, -1).permute(0, 3, 1, 2)


class KerasSubject:
    def __init__(self, case):
        import keras

        self.case, self.classes = case, case.classes
        self.network = keras.models.load_model(case.path(case.keras["file"]), compile=False)
        self.layer = case.keras["layer"]
        self.input = case.input.transpose(0, 2, 3, 1)


def subject_of(framework, case):
    return (TorchSubject if framework == "torch" else KerasSubject)(case)
