"""The job lock lets one at a time in, in order, and says who holds it."""

from __future__ import annotations

import asyncio

import pytest

from virtrpcd.errors import FROM_QEMU, OperationTimeout
from virtrpcd.jobs import JobLock


def lock(wait_s: float = 10.0) -> JobLock:
    return JobLock("domain 'm1'", wait_s=wait_s, error_domain=FROM_QEMU)


def test_jobs_run_one_at_a_time_in_the_order_they_came() -> None:
    async def body() -> None:
        one = lock()
        seen: list[str] = []

        async def job(name: str) -> None:
            async with one.hold(name):
                seen.append(f"{name} begins")
                await asyncio.sleep(0)
                seen.append(f"{name} ends")

        await asyncio.gather(*(job(name) for name in "abc"))
        assert seen == [f"{name} {what}" for name in "abc" for what in ("begins", "ends")]

    asyncio.run(body())


def test_who_waits_too_long_is_told_who_is_busy() -> None:
    async def body() -> None:
        one = lock(0.01)
        async with one.hold("save"):
            assert one.holder == "save"
            with pytest.raises(OperationTimeout, match=r"cannot start domain 'm1': busy with 'save'") as caught:
                async with one.hold("start"):
                    pass
            assert (caught.value.code, caught.value.domain) == (68, FROM_QEMU)
        assert one.holder == ""

    asyncio.run(body())


def test_the_lock_is_free_after_a_job_failed_timed_out_or_was_cancelled() -> None:
    async def body() -> None:
        one = lock(0.01)
        with pytest.raises(RuntimeError):
            async with one.hold("fails"):
                raise RuntimeError
        async with one.hold("holds"):
            with pytest.raises(OperationTimeout):
                async with one.hold("too late"):
                    pass

            async def waits() -> None:
                async with one.hold("cancelled"):
                    pass

            task = asyncio.create_task(waits())
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        async with one.hold("at last"):
            assert one.holder == "at last"

    asyncio.run(body())
