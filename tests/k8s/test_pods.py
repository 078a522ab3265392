"""Two of each service on one PostgreSQL and one store: killed and rolled while people work.

Nobody sees a failure beyond what a client repeats by the contract, nothing is lost, and nothing is
done twice.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from sage.compare.v1.compare_pb2 import REGION_KIND_REPLACED, Region
from sage.embed.v1.embed_pb2 import EmbeddingTask
from tests.k8s.cluster import Cluster
from tests.k8s.load import Pair, People, Work, all_tasks, all_videos, wait_for_rounds

# The first one waits until all pods run.
pytestmark = pytest.mark.timeout(1200)

# A task may end just before its pod does.
KILLS = 5
# Seconds within which a pod has to serve.
STARTS = {"ingest": 5.0, "compare": 5.0, "embed": 10.0, "embed-worker": 10.0}
TRIES = 3
# What is asked of a service all the time: by workers, by compare, and by the gateway. And seconds
# within which a new pod has to get some of it.
ASKED = {
    "ingest": "VideoSourceService/GetVideoSource",
    "embed": "EmbedService/ListEmbeddings",
    "compare": "CompareService/CompareVideos",
}
SHARE_SECONDS = 45.0
SERVICES = ("ingest", "embed", "embed-worker", "compare", "gateway")


def test_two_versions_are_compared(pair: Pair) -> None:
    regions = [Region.FromString(each) for each in pair.regions]

    replaced = [each for each in regions if each.kind == REGION_KIND_REPLACED]
    assert {(each.a_start, each.a_end) for each in replaced} == {(4.0, 6.0)}


@pytest.mark.parametrize("service", SERVICES)
def test_pods_may_do_as_little_as_the_manifests_say(cluster: Cluster, service: str) -> None:
    for pod in cluster.pods(service):
        status = cluster.execute(pod, "cat", "/proc/1/status")
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert fields["Uid"].split() == ["10001"] * 4
        assert int(fields["CapBnd"], 16) == 0
        assert fields["NoNewPrivs"] == "1"
        mounts = cluster.execute(pod, "cat", "/proc/1/mounts").splitlines()
        (root,) = [line.split() for line in mounts if line.split()[1] == "/"]
        assert "ro" in root[3].split(",")
        said, told = cluster.memory_limits(pod)
        assert told == said


@pytest.mark.parametrize(("service", "seconds"), STARTS.items())
def test_a_pod_serves_soon_after_its_start(
    cluster: Cluster, pair: Pair, service: str, seconds: float
) -> None:
    """With nothing else to do; other programs on the machine may spoil a try or two."""
    taken = []
    for _ in range(TRIES):
        taken.append(cluster.kill(cluster.pods(service)[0]))
        if taken[-1] <= seconds:
            return
    pytest.fail(f"{service} served after {taken} seconds")


@pytest.mark.parametrize(("service", "method"), ASKED.items())
def test_a_new_pod_gets_its_share(
    cluster: Cluster, people: People, pair: Pair, clip: Path, service: str, method: str
) -> None:
    with people.at_work(pair, clip) as work, cluster.one_more(service) as pod:
        deadline = time.monotonic() + SHARE_SECONDS
        while not cluster.calls(pod, method):
            assert time.monotonic() < deadline, f"nobody asked {pod.name}"
            time.sleep(0.5)

    assert_all_went_well(people, cluster, work)


@pytest.mark.parametrize("service", SERVICES)
def test_images_have_nothing_to_build_or_install_with(cluster: Cluster, service: str) -> None:
    look = (
        "import shutil; print([it for it in ('cc', 'gcc', 'npm', 'pip', 'uv') if shutil.which(it)])"
    )
    import_pip = "import importlib.util; print(importlib.util.find_spec('pip'))"
    pod = cluster.pods(service)[0]

    assert cluster.execute(pod, "python", "-c", look) == "[]"
    assert cluster.execute(pod, "python", "-c", import_pip) == "None"


@pytest.mark.parametrize("service", SERVICES)
def test_a_pod_is_killed(
    cluster: Cluster, people: People, pair: Pair, clip: Path, service: str
) -> None:
    with people.at_work(pair, clip) as work:
        wait_for_rounds(work, 1)
        cluster.kill(cluster.pods(service)[0])
        wait_for_rounds(work, work.rounds + 2)

    assert_all_went_well(people, cluster, work)


def test_another_pod_takes_over_from_one_that_is_killed_at_work(
    cluster: Cluster, people: People, pair: Pair, reel: Path
) -> None:
    with people.at_work(pair, reel) as work:
        for _ in range(KILLS):
            cluster.kill(cluster.pod_at_work())
            wait_for_rounds(work, work.rounds + 2)
            if any(task.attempt > 1 for task in people.ask(all_tasks)):
                break

    assert_all_went_well(people, cluster, work)
    assert any(task.attempt > 1 for task in people.ask(all_tasks))


@pytest.mark.parametrize("service", SERVICES)
def test_pods_are_replaced_one_by_one(
    cluster: Cluster, people: People, pair: Pair, clip: Path, service: str
) -> None:
    with people.at_work(pair, clip) as work:
        wait_for_rounds(work, 1)
        cluster.restart_rolling(service)
        wait_for_rounds(work, work.rounds + 1)

    assert_all_went_well(people, cluster, work)


def assert_all_went_well(people: People, cluster: Cluster, work: Work) -> None:
    assert work.failures == []
    videos = Counter(video.name for video in people.ask(all_videos))
    tasks = people.ask(all_tasks)
    # Each upload is one video, and each video was embedded by one task, once.
    assert set(videos) == people.uploaded
    assert Counter(task.video for task in tasks) == videos
    assert {task.state for task in tasks} == {EmbeddingTask.STATE_SUCCEEDED}
    done = Counter(cluster.succeeded_tasks())
    # Who is killed may be so after the deed and before the word.
    assert set(done) <= {task.name for task in tasks}
    assert set(done.values()) == {1}
