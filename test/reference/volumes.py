"""NIfTI and DICOM files in miniature, with the values and places that nibabel and pydicom read from them: test/fixtures/volumes.

Run: python test/reference/volumes.py    (numpy 2.4, nibabel 5.4, pydicom 3.0, pillow 12.3, imagecodecs 2026.3 for lossless JPEG)

Every file holds the name, number and date of a patient that there is not, which no output may hold: PLANTED in all of them.
"""
import io, json, os, shutil
import imagecodecs, nibabel as nib, numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom import dcmread
from pydicom.uid import (DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian,
                         JPEG2000Lossless, JPEGBaseline8Bit, JPEGLosslessSV1, RLELossless)

folder = os.path.join(os.path.dirname(__file__), "..", "fixtures", "volumes")
shutil.rmtree(folder, ignore_errors=True)
os.makedirs(folder)
rng = np.random.default_rng(1)
expected = {}


def numbers(values): return [float(f"{v:.7g}") for v in np.asarray(values, dtype=np.float64).ravel()]


def note(name, values, affine, spacing=None):
    """Values [C, D, H, W]; the affine of column, row and slice, or None."""
    expected[name] = {"dims": list(values.shape), "values": numbers(values), "affine": None if affine is None else numbers(affine[:3])}


# NIfTI

def nifti(name, data, affine, make=nib.Nifti1Image, prepare=lambda image: None, order="<"):
    header = (nib.Nifti2Header if make is nib.Nifti2Image else nib.Nifti1Header)(endianness=order)
    header.set_data_dtype(data.dtype.newbyteorder(order))
    image = make(data, affine, header)
    for field in ("descrip", "intent_name", "db_name"):
        if field in image.header: image.header[field] = b"PLANTED"
    image.header["aux_file"] = b"PLANTED-ID-4711"
    prepare(image)
    path = os.path.join(folder, name)
    nib.save(image, path)
    read = nib.load(path)
    array = np.asarray(read.dataobj, dtype=np.float64)
    array = array if array.ndim > 3 else array[..., None]
    known = read.header["sform_code"] > 0 or read.header["qform_code"] > 0
    note(name, array.transpose(3, 2, 1, 0), read.affine if known else None)


def rotated(angle, scale):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ np.diag(scale)


oblique = np.eye(4); oblique[:3, :3] = rotated(0.3, (-0.8, 0.9, 2.5)); oblique[:3, 3] = (40, -30.5, 12)
nifti("scan.nii.gz", rng.integers(0, 2000, (5, 4, 3)).astype(np.int16), oblique, prepare=lambda i: i.header.set_slope_inter(2, -1024))
mirrored = oblique.copy(); mirrored[:3, 2] *= -1
def quaternion(image): image.set_qform(mirrored, 1); image.set_sform(None, 0)
nifti("quaternion.nii", rng.normal(size=(4, 3, 2)).astype(np.float32), None, prepare=quaternion)
nifti("second.nii.gz", rng.integers(0, 255, (4, 3, 2, 2)).astype(np.uint8), oblique, make=nib.Nifti2Image)
nifti("big-endian.nii", rng.normal(size=(3, 3, 2)).astype(np.float64), oblique, order=">")
both = oblique.copy(); both[:3, 3] = 0
def two(image): image.set_qform(both, 2); image.set_sform(oblique, 1)
nifti("two-matrices.nii", rng.integers(-9, 9, (3, 2, 2)).astype(np.int8), oblique, prepare=two)


# DICOM

def dicom(syntax, frames, bits=16, signed=False, stored=None):
    """A data set with grey frames [F, H, W], as they are."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = "1.2.826.0.1.3680043.9.1"
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.StudyDate = "PLANTED^PATIENT", "PLANTED-ID-4711", "19010203", "19010203"
    ds.InstitutionName, ds.SeriesDescription, ds.AccessionNumber = "PLANTED HOSPITAL", "PLANTED SERIES", "PLANTED"
    ds.SeriesInstanceUID, ds.StudyInstanceUID, ds.Modality = "1.2.826.0.1.3680043.9.2", "1.2.826.0.1.3680043.9.3", "CT"
    _, ds.Rows, ds.Columns = frames.shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.PixelRepresentation = bits, stored or bits, int(signed)
    ds.HighBit = ds.BitsStored - 1
    if len(frames) > 1: ds.NumberOfFrames = len(frames)
    return ds


def save(ds, *path):
    path = os.path.join(folder, *path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    ds.save_as(path, enforce_file_format=True)
    return path


across, down = np.array([0.96, 0.28, 0.0]), np.array([0.0, 0.0, -1.0])
normal = np.cross(across, down)


def series(name, positions, syntax=ExplicitVRLittleEndian, size=(4, 6), uid=None, change=lambda ds, i: None):
    """Files called in no order, int16 of 12 bits with slope and intercept. Returns [(position, values, affine origin)]."""
    slices = []
    for i, at in enumerate(positions):
        raw = rng.integers(-500, 1500, (1, *size)).astype(np.int16)
        ds = dicom(syntax, raw, 16, True, 12)
        origin = np.array([-20.0, 15.0, 30.0]) + at * normal
        ds.ImagePositionPatient, ds.ImageOrientationPatient = [float(f"{v:.6f}") for v in origin], [*across, *down]
        ds.PixelSpacing, ds.SliceThickness, ds.InstanceNumber = [0.7, 0.5], 2.5, 100 - i
        ds.RescaleSlope, ds.RescaleIntercept = 2, -1000
        if uid: ds.SeriesInstanceUID = uid
        change(ds, i)
        ds.PixelData = raw.tobytes()
        path = save(ds, name, f"{(i * 7 + 3) % 11:02d}-{uid[-1] if uid else 0}.dcm")
        read = dcmread(path)
        slices.append((float(np.dot(read.ImagePositionPatient, normal)), read.pixel_array * 2.0 - 1000, np.array(read.ImagePositionPatient, float)))
    return sorted(slices, key=lambda each: each[0])


def note_series(name, slices, step):
    flip = np.diag([-1.0, -1.0, 1.0])
    affine = np.column_stack([flip @ (across * 0.5), flip @ (down * 0.7), flip @ (normal * step), flip @ slices[0][2]])
    note(name, np.stack([values for _, values, _ in slices])[None], affine)


note_series("series", series("series", [5.0, 0.0, 7.5, 2.5, 10.0]), 2.5)
note_series("implicit", series("implicit", [0.0, 2.5], ImplicitVRLittleEndian), 2.5)
series("gap", [0.0, 2.5, 5.0, 10.0, 12.5])
series("twice", [0.0, 2.5, 2.5, 5.0])
for uid, count in (("1.2.826.0.1.3680043.9.4", 3), ("1.2.826.0.1.3680043.9.5", 2)): series("mixed", [2.5 * i for i in range(count)], uid=uid)
def wider(ds, i):
    if i == 2: ds.Columns, ds.Rows = 4, 6
series("sizes", [0.0, 2.5, 5.0], change=wider)


def one_file(name, syntax, frames, pack, bits=16, values=None, signed=False, change=lambda ds: None):
    ds = dicom(syntax, frames, bits, signed)
    ds.PixelData = pack(frames)
    if ds.file_meta.TransferSyntaxUID.is_encapsulated: ds["PixelData"].is_undefined_length = True
    ds.PixelSpacing, ds.SpacingBetweenSlices = [2.0, 1.0], 3.0
    change(ds)
    path = save(ds, name)
    note(name, (dcmread(path).pixel_array if values is None else values)[None].astype(np.float64), None)


frames16 = rng.integers(0, 4000, (3, 4, 6)).astype(np.uint16)
frames16[:, :, 2:5] = 7  # runs
smooth = np.clip(np.add.outer(np.arange(2) * 20, np.add.outer(np.arange(8) * 9, np.arange(8) * 7)), 0, 255).astype(np.uint8)


def jpeg(frame):
    out = io.BytesIO(); Image.fromarray(frame).save(out, "JPEG", quality=95); return out.getvalue()


one_file("frames.dcm", ExplicitVRLittleEndian, frames16, lambda f: f.tobytes())
one_file("big-endian.dcm", ExplicitVRBigEndian, frames16, lambda f: f.byteswap().tobytes(), values=frames16)
one_file("deflated.dcm", DeflatedExplicitVRLittleEndian, frames16, lambda f: f.tobytes())
one_file("lossless.dcm", JPEGLosslessSV1, frames16, lambda f: encapsulate([imagecodecs.ljpeg_encode(i) for i in f]), values=frames16)
one_file("lossless-8.dcm", JPEGLosslessSV1, smooth, lambda f: encapsulate([imagecodecs.ljpeg_encode(i) for i in f]), 8, values=smooth)
one_file("jpeg.dcm", JPEGBaseline8Bit, smooth, lambda f: encapsulate([jpeg(i) for i in f]), 8)
one_file("jpeg-2000.dcm", JPEG2000Lossless, smooth, lambda f: encapsulate([imagecodecs.jpeg2k_encode(i, level=0) for i in f]), 8, values=smooth)
rle = dicom(ExplicitVRLittleEndian, frames16); rle.PixelData = frames16.tobytes(); rle.compress(RLELossless, generate_instance_uid=False)
note("rle.dcm", dcmread(save(rle, "rle.dcm")).pixel_array[None].astype(np.float64), None)


def grouped(ds):
    """An enhanced file: what frames say lies in groups of functions, and the frames in no order."""
    del ds.PixelSpacing
    shared = Dataset()
    orientation, measures = Dataset(), Dataset()
    orientation.ImageOrientationPatient = [*across, *down]
    measures.PixelSpacing, measures.SliceThickness = [0.7, 0.5], 2.5
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = [orientation], [measures]
    ds.SharedFunctionalGroupsSequence = [shared]
    groups = []
    for at, slope in ((5.0, 1), (0.0, 2), (2.5, 3)):
        group, position, values = Dataset(), Dataset(), Dataset()
        position.ImagePositionPatient = [float(f"{v:.6f}") for v in np.array([-20.0, 15.0, 30.0]) + at * normal]
        values.RescaleSlope, values.RescaleIntercept, values.RescaleType = slope, -10, "HU"
        group.PlanePositionSequence, group.PixelValueTransformationSequence = [position], [values]
        groups.append(group)
    ds.PerFrameFunctionalGroupsSequence = groups


one_file("enhanced.dcm", ExplicitVRLittleEndian, frames16, lambda f: f.tobytes(), change=grouped)
order = [1, 2, 0]
note_series("enhanced.dcm", [(0, frames16[i] * float(s) - 10, np.array([-20.0, 15.0, 30.0])) for i, s in zip(order, (2, 3, 1))], 2.5)

with open(os.path.join(folder, "expected.json"), "w") as file: json.dump(expected, file); file.write("\n")
