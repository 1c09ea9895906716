"""Handlers of storage pools and volumes."""

from __future__ import annotations

from typing import TypeVar

from oncrpc.procedure import Call
from virtproto import virt as v
from virtrpcd import convert_storage as convert
from virtrpcd.drivers.storage import Storage
from virtrpcd.errors import OperationFailed
from virtrpcd.service.context import Handlers, at_most, driver_of

T = TypeVar("T")


def _storage(call: Call) -> Storage:
    return driver_of(call).storage


def _listable(found: list[T], most: int) -> list[T]:
    if len(found) > most:
        raise OperationFailed(f"{len(found)} are more than the {most} that fit a list")
    return found


class StoragePoolQueryHandlers(Handlers):
    """Which pools there are, and what one is."""

    def virt_connect_num_of_storage_pools(self, call: Call) -> v.virt_connect_num_of_storage_pools_ret:
        return v.virt_connect_num_of_storage_pools_ret(_storage(call).pool_count(True))

    def virt_connect_list_storage_pools(
        self, args: v.virt_connect_list_storage_pools_args, call: Call
    ) -> v.virt_connect_list_storage_pools_ret:
        most = at_most(args.maxnames, v.VIRT_STORAGE_POOL_LIST_MAX, "maxnames")
        return v.virt_connect_list_storage_pools_ret(_storage(call).pool_names(True)[:most])

    def virt_connect_num_of_defined_storage_pools(self, call: Call) -> v.virt_connect_num_of_defined_storage_pools_ret:
        return v.virt_connect_num_of_defined_storage_pools_ret(_storage(call).pool_count(False))

    def virt_connect_list_defined_storage_pools(
        self, args: v.virt_connect_list_defined_storage_pools_args, call: Call
    ) -> v.virt_connect_list_defined_storage_pools_ret:
        most = at_most(args.maxnames, v.VIRT_STORAGE_POOL_LIST_MAX, "maxnames")
        return v.virt_connect_list_defined_storage_pools_ret(_storage(call).pool_names(False)[:most])

    def virt_connect_list_all_storage_pools(
        self, args: v.virt_connect_list_all_storage_pools_args, call: Call
    ) -> v.virt_connect_list_all_storage_pools_ret:
        refs = _listable(_storage(call).pools(args.flags), v.VIRT_STORAGE_POOL_LIST_MAX)
        found = [convert.pool(ref) for ref in refs] if args.need_results else []
        return v.virt_connect_list_all_storage_pools_ret(found, len(refs))

    def virt_connect_find_storage_pool_sources(
        self, args: v.virt_connect_find_storage_pool_sources_args, call: Call
    ) -> v.virt_connect_find_storage_pool_sources_ret:
        xml = _storage(call).find_sources(args.type, args.src_spec, args.flags)
        return v.virt_connect_find_storage_pool_sources_ret(xml)

    def virt_connect_get_storage_pool_capabilities(
        self, args: v.virt_connect_get_storage_pool_capabilities_args, call: Call
    ) -> v.virt_connect_get_storage_pool_capabilities_ret:
        return v.virt_connect_get_storage_pool_capabilities_ret(_storage(call).pool_capabilities(args.flags))

    def virt_storage_pool_lookup_by_name(
        self, args: v.virt_storage_pool_lookup_by_name_args, call: Call
    ) -> v.virt_storage_pool_lookup_by_name_ret:
        return v.virt_storage_pool_lookup_by_name_ret(convert.pool(_storage(call).pool_by_name(args.name)))

    def virt_storage_pool_lookup_by_uuid(
        self, args: v.virt_storage_pool_lookup_by_uuid_args, call: Call
    ) -> v.virt_storage_pool_lookup_by_uuid_ret:
        return v.virt_storage_pool_lookup_by_uuid_ret(convert.pool(_storage(call).pool_by_uuid(args.uuid)))

    def virt_storage_pool_lookup_by_volume(
        self, args: v.virt_storage_pool_lookup_by_volume_args, call: Call
    ) -> v.virt_storage_pool_lookup_by_volume_ret:
        ref = _storage(call).pool_by_volume(convert.volume_ref(args.vol))
        return v.virt_storage_pool_lookup_by_volume_ret(convert.pool(ref))

    def virt_storage_pool_lookup_by_target_path(
        self, args: v.virt_storage_pool_lookup_by_target_path_args, call: Call
    ) -> v.virt_storage_pool_lookup_by_target_path_ret:
        ref = _storage(call).pool_by_target_path(args.path)
        return v.virt_storage_pool_lookup_by_target_path_ret(convert.pool(ref))

    def virt_storage_pool_get_info(
        self, args: v.virt_storage_pool_get_info_args, call: Call
    ) -> v.virt_storage_pool_get_info_ret:
        return convert.pool_info(_storage(call).pool_info(convert.pool_ref(args.pool)))

    def virt_storage_pool_get_xml_desc(
        self, args: v.virt_storage_pool_get_xml_desc_args, call: Call
    ) -> v.virt_storage_pool_get_xml_desc_ret:
        xml = _storage(call).pool_xml(convert.pool_ref(args.pool), args.flags)
        return v.virt_storage_pool_get_xml_desc_ret(xml)

    def virt_storage_pool_get_autostart(
        self, args: v.virt_storage_pool_get_autostart_args, call: Call
    ) -> v.virt_storage_pool_get_autostart_ret:
        autostart = _storage(call).pool_autostart(convert.pool_ref(args.pool))
        return v.virt_storage_pool_get_autostart_ret(int(autostart))

    def virt_storage_pool_is_active(
        self, args: v.virt_storage_pool_is_active_args, call: Call
    ) -> v.virt_storage_pool_is_active_ret:
        active = _storage(call).pool_is_active(convert.pool_ref(args.pool))
        return v.virt_storage_pool_is_active_ret(int(active))

    def virt_storage_pool_is_persistent(
        self, args: v.virt_storage_pool_is_persistent_args, call: Call
    ) -> v.virt_storage_pool_is_persistent_ret:
        persistent = _storage(call).pool_is_persistent(convert.pool_ref(args.pool))
        return v.virt_storage_pool_is_persistent_ret(int(persistent))


class StoragePoolChangeHandlers(Handlers):
    """Define, start, stop, build and remove pools."""

    async def virt_storage_pool_create_xml(
        self, args: v.virt_storage_pool_create_xml_args, call: Call
    ) -> v.virt_storage_pool_create_xml_ret:
        return v.virt_storage_pool_create_xml_ret(convert.pool(await _storage(call).create_pool(args.xml, args.flags)))

    async def virt_storage_pool_define_xml(
        self, args: v.virt_storage_pool_define_xml_args, call: Call
    ) -> v.virt_storage_pool_define_xml_ret:
        return v.virt_storage_pool_define_xml_ret(convert.pool(await _storage(call).define_pool(args.xml, args.flags)))

    async def virt_storage_pool_create(self, args: v.virt_storage_pool_create_args, call: Call) -> None:
        await _storage(call).start_pool(convert.pool_ref(args.pool), args.flags)

    async def virt_storage_pool_build(self, args: v.virt_storage_pool_build_args, call: Call) -> None:
        await _storage(call).build_pool(convert.pool_ref(args.pool), args.flags)

    async def virt_storage_pool_destroy(self, args: v.virt_storage_pool_destroy_args, call: Call) -> None:
        await _storage(call).stop_pool(convert.pool_ref(args.pool))

    async def virt_storage_pool_delete(self, args: v.virt_storage_pool_delete_args, call: Call) -> None:
        await _storage(call).delete_pool(convert.pool_ref(args.pool), args.flags)

    async def virt_storage_pool_undefine(self, args: v.virt_storage_pool_undefine_args, call: Call) -> None:
        await _storage(call).undefine_pool(convert.pool_ref(args.pool))

    async def virt_storage_pool_refresh(self, args: v.virt_storage_pool_refresh_args, call: Call) -> None:
        await _storage(call).refresh_pool(convert.pool_ref(args.pool), args.flags)

    async def virt_storage_pool_set_autostart(self, args: v.virt_storage_pool_set_autostart_args, call: Call) -> None:
        await _storage(call).set_pool_autostart(convert.pool_ref(args.pool), args.autostart != 0)


class StorageVolumeHandlers(Handlers):
    """Volumes."""

    def virt_storage_pool_num_of_volumes(
        self, args: v.virt_storage_pool_num_of_volumes_args, call: Call
    ) -> v.virt_storage_pool_num_of_volumes_ret:
        return v.virt_storage_pool_num_of_volumes_ret(_storage(call).volume_count(convert.pool_ref(args.pool)))

    def virt_storage_pool_list_volumes(
        self, args: v.virt_storage_pool_list_volumes_args, call: Call
    ) -> v.virt_storage_pool_list_volumes_ret:
        most = at_most(args.maxnames, v.VIRT_STORAGE_VOL_LIST_MAX, "maxnames")
        names = _storage(call).volume_names(convert.pool_ref(args.pool))
        return v.virt_storage_pool_list_volumes_ret(names[:most])

    def virt_storage_pool_list_all_volumes(
        self, args: v.virt_storage_pool_list_all_volumes_args, call: Call
    ) -> v.virt_storage_pool_list_all_volumes_ret:
        found = _storage(call).volumes(convert.pool_ref(args.pool), args.flags)
        refs = _listable(found, v.VIRT_STORAGE_VOL_LIST_MAX)
        shown = [convert.volume(ref) for ref in refs] if args.need_results else []
        return v.virt_storage_pool_list_all_volumes_ret(shown, len(refs))

    def virt_storage_vol_lookup_by_name(
        self, args: v.virt_storage_vol_lookup_by_name_args, call: Call
    ) -> v.virt_storage_vol_lookup_by_name_ret:
        ref = _storage(call).volume_by_name(convert.pool_ref(args.pool), args.name)
        return v.virt_storage_vol_lookup_by_name_ret(convert.volume(ref))

    def virt_storage_vol_lookup_by_key(
        self, args: v.virt_storage_vol_lookup_by_key_args, call: Call
    ) -> v.virt_storage_vol_lookup_by_key_ret:
        return v.virt_storage_vol_lookup_by_key_ret(convert.volume(_storage(call).volume_by_key(args.key)))

    def virt_storage_vol_lookup_by_path(
        self, args: v.virt_storage_vol_lookup_by_path_args, call: Call
    ) -> v.virt_storage_vol_lookup_by_path_ret:
        return v.virt_storage_vol_lookup_by_path_ret(convert.volume(_storage(call).volume_by_path(args.path)))

    def virt_storage_vol_get_info(
        self, args: v.virt_storage_vol_get_info_args, call: Call
    ) -> v.virt_storage_vol_get_info_ret:
        return convert.volume_info(_storage(call).volume_info(convert.volume_ref(args.vol)))

    def virt_storage_vol_get_info_flags(
        self, args: v.virt_storage_vol_get_info_flags_args, call: Call
    ) -> v.virt_storage_vol_get_info_flags_ret:
        info = _storage(call).volume_info_flags(convert.volume_ref(args.vol), args.flags)
        return convert.volume_info_flags(info)

    def virt_storage_vol_get_xml_desc(
        self, args: v.virt_storage_vol_get_xml_desc_args, call: Call
    ) -> v.virt_storage_vol_get_xml_desc_ret:
        xml = _storage(call).volume_xml(convert.volume_ref(args.vol), args.flags)
        return v.virt_storage_vol_get_xml_desc_ret(xml)

    def virt_storage_vol_get_path(
        self, args: v.virt_storage_vol_get_path_args, call: Call
    ) -> v.virt_storage_vol_get_path_ret:
        return v.virt_storage_vol_get_path_ret(_storage(call).volume_path(convert.volume_ref(args.vol)))

    async def virt_storage_vol_create_xml(
        self, args: v.virt_storage_vol_create_xml_args, call: Call
    ) -> v.virt_storage_vol_create_xml_ret:
        ref = await _storage(call).create_volume(convert.pool_ref(args.pool), args.xml, args.flags)
        return v.virt_storage_vol_create_xml_ret(convert.volume(ref))

    async def virt_storage_vol_create_xml_from(
        self, args: v.virt_storage_vol_create_xml_from_args, call: Call
    ) -> v.virt_storage_vol_create_xml_from_ret:
        pool, source = convert.pool_ref(args.pool), convert.volume_ref(args.clonevol)
        ref = await _storage(call).clone_volume(pool, args.xml, source, args.flags)
        return v.virt_storage_vol_create_xml_from_ret(convert.volume(ref))

    async def virt_storage_vol_delete(self, args: v.virt_storage_vol_delete_args, call: Call) -> None:
        await _storage(call).delete_volume(convert.volume_ref(args.vol), args.flags)

    async def virt_storage_vol_wipe(self, args: v.virt_storage_vol_wipe_args, call: Call) -> None:
        await _storage(call).wipe_volume(convert.volume_ref(args.vol), args.flags)

    async def virt_storage_vol_wipe_pattern(self, args: v.virt_storage_vol_wipe_pattern_args, call: Call) -> None:
        await _storage(call).wipe_volume_pattern(convert.volume_ref(args.vol), args.algorithm, args.flags)

    async def virt_storage_vol_resize(self, args: v.virt_storage_vol_resize_args, call: Call) -> None:
        await _storage(call).resize_volume(convert.volume_ref(args.vol), args.capacity, args.flags)
