"""The image that clients are made of."""

from __future__ import annotations

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool

from deploy.client_image import client_image
from gateway.contract import DESCRIPTOR_FILE

IMAGE = FileDescriptorSet.FromString(client_image(DESCRIPTOR_FILE.read_bytes()))


def test_clients_depend_on_no_options_of_others() -> None:
    foreign = {file.name for file in IMAGE.file if not file.name.startswith("sage/")}
    assert "google/rpc/status.proto" in foreign
    assert {name for name in foreign if name.startswith("buf/")} == set()
    assert {name for name in foreign if name.startswith("google/api/")} == {
        "google/api/httpbody.proto"
    }
    assert b"buf.validate" not in IMAGE.SerializeToString()
    assert b"google.api.http" not in IMAGE.SerializeToString()


def test_messages_methods_and_names_in_languages_stay() -> None:
    whole = FileDescriptorSet.FromString(DESCRIPTOR_FILE.read_bytes())
    told = {file.name: file for file in IMAGE.file}
    for file in whole.file:
        if file.name.startswith("sage/"):
            kept = told[file.name]
            assert [message.name for message in kept.message_type] == [
                message.name for message in file.message_type
            ]
            assert [service.name for service in kept.service] == [
                service.name for service in file.service
            ]
            assert kept.options.go_package == file.options.go_package


def test_every_file_stands_after_what_it_imports() -> None:
    pool = DescriptorPool()
    for file in IMAGE.file:
        pool.Add(file)
    pool.FindMethodByName("sage.compare.v1.CompareService.CompareVideos")


def test_the_codes_of_error_reasons_stay() -> None:
    errors = next(file for file in IMAGE.file if file.name.startswith("sage/errors/"))
    assert errors.enum_type[0].value[1].options.ByteSize() > 0
