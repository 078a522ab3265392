"""Every file of the contract says what its package is called in each language."""

from __future__ import annotations

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from deploy.language_options import missing_options
from gateway.contract import DESCRIPTOR_FILE


def test_no_file_lacks_a_name_in_any_language() -> None:
    image = FileDescriptorSet.FromString(DESCRIPTOR_FILE.read_bytes())
    assert list(missing_options(image)) == []


def test_a_new_file_is_told_which_lines_to_paste() -> None:
    file = FileDescriptorProto(name="sage/compare/v1/time_map.proto", package="sage.compare.v1")
    file.options.java_multiple_files = True
    (text,) = missing_options(FileDescriptorSet(file=[file]))
    head, *lines = text.splitlines()
    assert head == "proto/sage/compare/v1/time_map.proto needs, below its imports:"
    assert 'option go_package = "sage.video/go/sage/compare/v1;comparev1";' in lines
    assert 'option java_outer_classname = "TimeMapProto";' in lines
    assert r'option php_namespace = "Sage\\Compare\\V1";' in lines
    assert "option java_multiple_files = true;" not in lines
