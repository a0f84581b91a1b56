# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Every error that this project raises on purpose.

One class per kind of failure, one ``msg_fmt`` per class; whoever raises one
passes data and not text::

    raise exception.ImageNotFound(image_id=image_id)

Class names, bases and codes are Nova's, so that clients and a real Nova around
the driver recognise them.  ``code`` is the HTTP status that the API answers.
"""

import logging
from typing import Any

from nova.i18n import _

# The standard library's: oslo.log would load hundreds of modules into everything
# that can raise an exception.
LOG = logging.getLogger(__name__)


class NovaException(Exception):
    """The base of all: fills ``msg_fmt`` with the keywords given.

    :param message: a ready message instead of ``msg_fmt``.
    """

    msg_fmt = _('An unknown exception occurred.')
    code = 500
    headers: dict[str, str] = {}
    safe = False

    def __init__(self, message: object = None, **kwargs: Any) -> None:
        self.kwargs = kwargs
        self.kwargs.setdefault('code', self.code)
        if message is None:
            message = self._formatted()
        self.message = str(message)
        super().__init__(self.message)

    def _formatted(self) -> str:
        try:
            return self.msg_fmt % self.kwargs
        except (KeyError, TypeError):
            # A wrong keyword must not hide the failure being reported.
            LOG.exception('Message of %s does not fit its data %s',
                          type(self).__name__, sorted(self.kwargs))
            return self.msg_fmt

    def format_message(self) -> str:
        """Return the message as it is shown to users."""
        return self.message

    def __repr__(self) -> str:
        return f'{type(self).__name__}({self.message!r})'


class Invalid(NovaException):
    msg_fmt = _('Bad Request - Invalid Parameters')
    code = 400


class Forbidden(NovaException):
    msg_fmt = _('Forbidden')
    code = 403


class NotFound(NovaException):
    msg_fmt = _('Resource could not be found.')
    code = 404


class NotSupported(NovaException):
    msg_fmt = _('Bad Request - Feature is not supported')
    code = 400


class OverQuota(NovaException):
    msg_fmt = _('Quota exceeded for resources: %(overs)s')
    code = 413
    safe = True


class Unauthorized(NovaException):
    msg_fmt = _('Not authorized.')
    code = 401


class InternalError(NovaException):
    msg_fmt = '%(err)s'


class ServiceUnavailable(Invalid):
    msg_fmt = _('Service is unavailable at this time.')


# Input and configuration

class InvalidInput(Invalid):
    msg_fmt = _('Invalid input received: %(reason)s')


class InvalidParameterValue(Invalid):
    msg_fmt = '%(err)s'


class InvalidAttribute(Invalid):
    msg_fmt = _('Attribute not supported: %(attr)s')


class InvalidRequest(Invalid):
    msg_fmt = _('The request is invalid.')


class InvalidConfiguration(Invalid):
    msg_fmt = _('Configuration is Invalid.')


class InvalidName(Invalid):
    msg_fmt = _('An invalid name was given: %(reason)s')


class InvalidHostname(Invalid):
    msg_fmt = _('%(hostname)s is not a valid host name')


class InvalidID(Invalid):
    msg_fmt = _('Invalid ID received: %(id)s')


class InvalidUUID(Invalid):
    msg_fmt = _('Expected a UUID, got: %(uuid)s')


class InvalidStrTime(Invalid):
    msg_fmt = _('Not a valid time: %(reason)s')


class InvalidSortKey(Invalid):
    msg_fmt = _('Sort key supplied was not valid.')


class InvalidContentType(Invalid):
    msg_fmt = _('Invalid content type: %(content_type)s')


class InvalidAPIVersionString(Invalid):
    msg_fmt = _('API version %(version)s is not of the form MajorNum.MinorNum')


class InvalidGlobalAPIVersion(Invalid):
    msg_fmt = _(
        'Version %(req_ver)s is not supported by the API: the minimum'
        ' is %(min_ver)s and the maximum is %(max_ver)s'
    )


class VersionNotFoundForAPIMethod(Invalid):
    msg_fmt = _('API version %(version)s is not supported on this method.')


class ValidationError(Invalid):
    msg_fmt = '%(detail)s'


class MalformedRequestBody(NovaException):
    msg_fmt = _('Malformed message body: %(reason)s')


class MarkerNotFound(NotFound):
    msg_fmt = _('Marker %(marker)s could not be found.')


class ConfigNotFound(NovaException):
    msg_fmt = _('Could not find configuration at %(path)s')


class NotSupportedWithOption(Invalid):
    msg_fmt = _('%(operation)s is not supported together with the option %(option)s')


class OptRequiredIfOtherOptValue(NovaException):
    msg_fmt = _(
        'The option %(then_opt)s is required where %(if_opt)s is '
        '%(if_value)s'
    )


# Instances

class InstanceNotFound(NotFound):
    msg_fmt = _('Instance %(instance_id)s could not be found.')


class InstanceExists(NovaException):
    msg_fmt = _('Instance %(name)s already exists.')


class InstanceInvalidState(Invalid):
    msg_fmt = _(
        'Instance %(instance_uuid)s in %(attr)s %(state)s: cannot '
        '%(method)s while it is in this state.'
    )


class InstanceIsLocked(InstanceInvalidState):
    msg_fmt = _('Instance %(instance_uuid)s is locked')


class InstanceNotRunning(Invalid):
    msg_fmt = _('Instance %(instance_id)s is not running.')


class InstanceNotReady(Invalid):
    msg_fmt = _('Instance %(instance_id)s is not ready')


class InstanceNotInRescueMode(Invalid):
    msg_fmt = _('Instance %(instance_id)s is not in rescue mode')


class InstanceNotRescuable(Invalid):
    msg_fmt = _('Instance %(instance_id)s cannot be rescued: %(reason)s')


class InstanceUnacceptable(Invalid):
    msg_fmt = _('Instance %(instance_id)s is unacceptable: %(reason)s')


class InstanceDeployFailure(Invalid):
    msg_fmt = _('Failed to deploy instance: %(reason)s')


class InstanceTerminationFailure(Invalid):
    msg_fmt = _('Failed to terminate instance: %(reason)s')


class InstancePowerOffFailure(Invalid):
    msg_fmt = _('Failed to power off instance: %(reason)s')


class InstancePowerOnFailure(Invalid):
    msg_fmt = _('Failed to power on instance: %(reason)s')


class InstanceRebootFailure(Invalid):
    msg_fmt = _('Failed to reboot instance: %(reason)s')


class InstanceResumeFailure(Invalid):
    msg_fmt = _('Failed to resume instance: %(reason)s')


class InstanceSuspendFailure(Invalid):
    msg_fmt = _('Failed to suspend instance: %(reason)s')


class InstanceRescueFailure(NovaException):
    msg_fmt = _('Failed to rescue instance: %(reason)s')


class InstanceUnRescueFailure(NovaException):
    msg_fmt = _('Failed to unrescue instance: %(reason)s')


class InstanceFaultRollback(NovaException):
    msg_fmt = _('Instance rollback performed due to: %(inner_exception)s')


class InstanceUpdateConflict(NovaException):
    msg_fmt = _(
        'Conflict updating instance %(instance_uuid)s: expected '
        '%(expected)s, found %(actual)s'
    )


class UnexpectedTaskStateError(InstanceUpdateConflict):
    msg_fmt = _(
        'Conflict updating instance %(instance_uuid)s: expected '
        '%(expected)s, found %(actual)s'
    )


class UnexpectedDeletingTaskStateError(UnexpectedTaskStateError):
    msg_fmt = _(
        'Conflict updating instance %(instance_uuid)s: expected '
        '%(expected)s, found %(actual)s'
    )


class UnknownInstanceUpdateConflict(InstanceUpdateConflict):
    msg_fmt = _(
        'Conflict updating instance %(instance_uuid)s, but what '
        'conflicted could not be found out'
    )


class InstanceInfoCacheNotFound(NotFound):
    msg_fmt = _(
        'Network information of instance %(instance_uuid)s could not '
        'be found.'
    )


class InstanceActionNotFound(NovaException):
    msg_fmt = _(
        'Action for request %(request_id)s on instance '
        '%(instance_uuid)s not found'
    )


class InstanceActionEventNotFound(NovaException):
    msg_fmt = _('Event %(event)s not found for action %(action_id)s')


class InstancePasswordSetFailed(NovaException):
    msg_fmt = _(
        'Failed to set the administrator password on %(instance)s: '
        '%(reason)s'
    )


class InstanceQuiesceFailed(Invalid):
    msg_fmt = _('Failed to quiesce instance: %(reason)s')
    code = 409


class InstanceQuiesceNotSupported(Invalid):
    msg_fmt = _('Quiescing is not supported in instance %(instance_id)s')


class InstanceAgentNotEnabled(Invalid):
    msg_fmt = _('Guest agent is not enabled for the instance')


class QemuGuestAgentNotEnabled(InstanceAgentNotEnabled):
    msg_fmt = _('QEMU guest agent is not enabled')


class InstanceUserDataMalformed(NovaException):
    msg_fmt = _('User data needs to be valid base 64.')


class SetAdminPasswdNotSupported(Invalid):
    msg_fmt = _('Setting the administrator password is not supported')


class TriggerCrashDumpNotSupported(Invalid):
    msg_fmt = _('Triggering crash dump is not supported')


class BuildAbortException(NovaException):
    msg_fmt = _('Build of instance %(instance_uuid)s aborted: %(reason)s')


class RescheduledException(NovaException):
    msg_fmt = _('Build of instance %(instance_uuid)s was rescheduled: %(reason)s')


class NoValidHost(NovaException):
    msg_fmt = _('No valid host was found. %(reason)s')


class TooManyInstances(OverQuota):
    msg_fmt = _(
        'Quota exceeded for %(overs)s: requested %(req)s, but already'
        ' used %(used)s of %(allowed)s %(overs)s'
    )


class ComputeResourcesUnavailable(ServiceUnavailable):
    msg_fmt = _('Insufficient compute resources: %(reason)s.')


class ConsoleLogOutputException(NovaException):
    msg_fmt = _(
        'Console log output of instance %(instance_id)s could not be '
        'retrieved: %(reason)s'
    )


class ConsoleNotAvailable(NotFound):
    msg_fmt = _('Guest does not have a console available.')


class ConsoleTypeUnavailable(Invalid):
    msg_fmt = _('Unavailable console type %(console_type)s.')


class ConsoleTypeInvalid(Invalid):
    msg_fmt = _('Invalid console type %(console_type)s')


class SocketPortRangeExhaustedException(NovaException):
    msg_fmt = _('Not able to acquire a free port for %(host)s')


class SocketPortInUseException(NovaException):
    msg_fmt = _('Not able to bind %(host)s:%(port)d, %(error)s')


class SerialPortNumberLimitExceeded(Invalid):
    msg_fmt = _(
        'Maximum number of serial ports exceeds %(allowed)d for '
        '%(virt_type)s'
    )


class ImageSerialPortNumberInvalid(Invalid):
    msg_fmt = _(
        'Number of serial ports %(num_ports)s specified in '
        'hw_serial_port_count is not an integer'
    )


class ImageSerialPortNumberExceedFlavorValue(Invalid):
    msg_fmt = _(
        'Forbidden to exceed the number of serial ports that the '
        'flavor allows'
    )


# Hosts and services

class HostNotFound(NotFound):
    msg_fmt = _('Host %(host)s could not be found.')


# Instances

class ComputeHostNotFound(HostNotFound):
    msg_fmt = _('Compute host %(host)s could not be found.')


# Hosts and services

class ServiceNotFound(NotFound):
    msg_fmt = _('Service %(service_id)s could not be found.')


class ServiceBinaryExists(NovaException):
    msg_fmt = _('Service with host %(host)s binary %(binary)s exists.')


class HypervisorUnavailable(NovaException):
    msg_fmt = _('Connection to the hypervisor is broken on host')


class HypervisorTooOld(Invalid):
    msg_fmt = _('The hypervisor is too old; version %(version)s or newer is needed.')


class VirtDriverNotReady(NovaException):
    msg_fmt = _('Virt driver is not ready.')


class InvalidHypervisorType(Invalid):
    msg_fmt = _('The supplied hypervisor type is invalid.')


class InvalidHypervisorVirtType(Invalid):
    msg_fmt = _('Hypervisor virtualization type %(hv_type)s is not recognised')


class InvalidVirtualMachineMode(Invalid):
    msg_fmt = _('Virtual machine mode %(vmmode)s is not recognised')


class InvalidArchitectureName(Invalid):
    msg_fmt = _('Architecture name %(arch)s is not recognised')


class InvalidCPUInfo(Invalid):
    msg_fmt = _('Unacceptable CPU info: %(reason)s')


class InvalidNodeConfiguration(NovaException):
    msg_fmt = _('Invalid node identity configuration: %(reason)s')


class MigrationError(NovaException):
    msg_fmt = _('Migration error: %(reason)s')


class MigrationPreCheckError(MigrationError):
    msg_fmt = _('Migration pre-check error: %(reason)s')


class ResizeError(NovaException):
    msg_fmt = _('Resize error: %(reason)s')


class ReshapeFailed(NovaException):
    msg_fmt = _(
        'Resource provider inventory and allocation data migration '
        'failed: %(error)s'
    )


class ResourceProviderNotFound(NotFound):
    msg_fmt = _('No such resource provider %(name_or_uuid)s.')


# Flavors and images

class FlavorNotFound(NotFound):
    msg_fmt = _('Flavor %(flavor_id)s could not be found.')


class FlavorNotFoundByName(FlavorNotFound):
    msg_fmt = _('Flavor with name %(flavor_name)s could not be found.')


class FlavorExists(NovaException):
    msg_fmt = _('Flavor with name %(name)s already exists.')


class FlavorIdExists(NovaException):
    msg_fmt = _('Flavor with ID %(flavor_id)s already exists.')


class FlavorExtraSpecsNotFound(NotFound):
    msg_fmt = _(
        'Flavor %(flavor_id)s has no extra specs with key '
        '%(extra_specs_key)s.'
    )


class FlavorDiskTooSmall(NovaException):
    msg_fmt = _("The created instance's disk would be too small.")


class FlavorDiskSmallerThanImage(FlavorDiskTooSmall):
    msg_fmt = _(
        "Flavor's disk is too small for requested image. Flavor disk "
        "is %(flavor_size)i bytes, image is %(image_size)i bytes."
    )


class FlavorDiskSmallerThanMinDisk(FlavorDiskTooSmall):
    msg_fmt = _(
        "Flavor's disk is smaller than the minimum size specified in "
        "image metadata. Flavor disk is %(flavor_size)i bytes, "
        "minimum size is %(image_min_disk)i bytes."
    )


class FlavorMemoryTooSmall(NovaException):
    msg_fmt = _("Flavor's memory is too small for requested image.")


class FlavorImageConflict(NovaException):
    msg_fmt = _(
        'Conflicting values for %(setting)s found in the flavor '
        '(%(flavor_val)s) and the image (%(image_val)s)'
    )


class FlavorImageLockedMemoryConflict(FlavorImageConflict):
    msg_fmt = _(
        'The locked memory setting of image %(image)s contradicts '
        'that of flavor %(flavor)s'
    )


class ImageNotFound(NotFound):
    msg_fmt = _('Image %(image_id)s could not be found.')


class ImageNotActive(NovaException):
    msg_fmt = _('Image %(image_id)s is not active.')


class ImageNotAuthorized(NovaException):
    msg_fmt = _('Not authorized for image %(image_id)s.')


class ImageUnacceptable(Invalid):
    msg_fmt = _('Image %(image_id)s is unacceptable: %(reason)s')


class ImageBadRequest(Invalid):
    msg_fmt = _(
        'Request of image %(image_id)s got bad request response: '
        '%(response)s'
    )


class ImageDeleteConflict(NovaException):
    msg_fmt = _('Conflict deleting image: %(reason)s')


class InvalidImageRef(Invalid):
    msg_fmt = _('Invalid image href %(image_href)s.')


class InvalidImageFormat(Invalid):
    msg_fmt = _('Invalid image format %(format)s')


class InvalidImagePropertyName(Invalid):
    msg_fmt = _('Invalid image property name %(image_property_name)s.')


class InvalidImageConfigDrive(Invalid):
    msg_fmt = _('Image property img_config_drive is invalid: %(config_drive)s')


class UnsupportedImageModel(Invalid):
    msg_fmt = _('Image model %(image)s is not supported')


class CouldNotFetchImage(NovaException):
    msg_fmt = _('Could not fetch image %(image_id)s')


class InvalidMachineType(Invalid):
    msg_fmt = _(
        'Machine type %(mtype)s is not compatible with image '
        '%(image_name)s (%(image_id)s): %(reason)s'
    )


class UnsupportedMachineType(Invalid):
    msg_fmt = _('Machine type %(machine_type)s is not supported.')


class InvalidVideoMode(Invalid):
    msg_fmt = _('Provided video model %(model)s is not supported.')


class InvalidWatchdogAction(Invalid):
    msg_fmt = _('Provided watchdog action %(action)s is not supported.')


class InvalidVIOMMUArchitecture(Invalid):
    msg_fmt = _('Provided vIOMMU architecture %(arch)s is not supported.')


class InvalidVIOMMUMachineType(Invalid):
    msg_fmt = _(
        'Provided machine type %(mtype)s is not supported for vIOMMU '
        'on architecture %(arch)s.'
    )


class RequestedVRamTooHigh(NovaException):
    msg_fmt = _(
        'The requested amount of video memory %(req_vram)d is higher '
        'than the maximum allowed by flavor %(max_vram)d.'
    )


class OsInfoNotFound(NotFound):
    msg_fmt = _(
        'No configuration information found for operating system '
        '%(os_name)s'
    )


# Processors, memory and NUMA

class CPUPinningInvalid(Invalid):
    msg_fmt = _(
        'CPU set to pin %(requested)s must be a subset of free CPU '
        'set %(available)s'
    )


class CPUPinningUnknown(Invalid):
    msg_fmt = _(
        'CPU set to pin %(requested)s must be a subset of known CPU '
        'set %(available)s'
    )


class CPUUnpinningInvalid(Invalid):
    msg_fmt = _(
        'CPU set to unpin %(requested)s must be a subset of pinned '
        'CPU set %(available)s'
    )


class CPUUnpinningUnknown(Invalid):
    msg_fmt = _(
        'CPU set to unpin %(requested)s must be a subset of known CPU'
        ' set %(available)s'
    )


class CPUThreadPolicyConfigurationInvalid(Invalid):
    msg_fmt = _(
        'Cannot set cpu thread pinning policy in a non dedicated cpu '
        'pinning policy'
    )


class InvalidCPUAllocationPolicy(Invalid):
    msg_fmt = _(
        'CPU policy requested from %(source)s, %(requested)s, is not '
        'one of %(available)s'
    )


class InvalidCPUThreadAllocationPolicy(Invalid):
    msg_fmt = _(
        'CPU thread policy requested from %(source)s, %(requested)s, '
        'is not one of %(available)s'
    )


class InvalidEmulatorThreadsPolicy(Invalid):
    msg_fmt = _('Emulator threads policy %(requested)s is not one of %(available)s')


class BadRequirementEmulatorThreadsPolicy(Invalid):
    msg_fmt = _('An isolated emulator threads policy needs dedicated CPUs.')


class InvalidNUMANodesNumber(Invalid):
    msg_fmt = _(
        'The property numa_nodes cannot be %(nodes)s: it must be a '
        'number greater than 0'
    )


class InvalidMixedInstanceDedicatedMask(Invalid):
    msg_fmt = _('Mixed instance must have at least 1 pinned CPU and 1 unpinned CPU')


class RequiredMixedInstancePolicy(Invalid):
    msg_fmt = _(
        'Cannot specify a dedicated CPU mask in a CPU policy other '
        'than mixed.'
    )


class RequiredMixedOrRealtimeCPUMask(Invalid):
    msg_fmt = _('Mixed CPU policy needs a dedicated or a realtime CPU mask.')


class RealtimeConfigurationInvalid(Invalid):
    msg_fmt = _('Cannot set realtime policy in a non dedicated cpu pinning policy')


class RealtimeMaskNotFoundOrInvalid(Invalid):
    msg_fmt = _(
        'Use of realtime CPUs needs at least one ordinary and one '
        'realtime CPU: check the mask'
    )


class ImageCPUPinningForbidden(Forbidden):
    msg_fmt = _(
        "Image property 'hw_cpu_policy' is not permitted to override "
        "the CPU policy set by the flavor"
    )


class ImageCPUThreadPolicyForbidden(Forbidden):
    msg_fmt = _(
        "Image property 'hw_cpu_thread_policy' is not permitted to "
        "override the CPU thread policy set by the flavor"
    )


class ImagePCINUMAPolicyForbidden(Forbidden):
    msg_fmt = _(
        "Image property 'hw_pci_numa_affinity_policy' is not "
        "permitted to override the policy set by the flavor"
    )


class ImageNUMATopologyAsymmetric(Invalid):
    msg_fmt = _(
        'Instance CPUs and memory cannot be evenly distributed across'
        ' the NUMA nodes. Explicit assignment is required'
    )


class ImageNUMATopologyCPUDuplicates(Invalid):
    msg_fmt = _('CPU number %(cpunum)d is assigned to two nodes')


class ImageNUMATopologyCPUOutOfRange(Invalid):
    msg_fmt = _('CPU number %(cpunum)d is larger than the maximum of %(cpumax)d')


class ImageNUMATopologyCPUsUnassigned(Invalid):
    msg_fmt = _('CPU numbers %(cpuset)s are not assigned to any node')


class ImageNUMATopologyForbidden(Forbidden):
    msg_fmt = _(
        "Image property '%(name)s' is not permitted to override NUMA "
        "configuration set by the flavor"
    )


class ImageNUMATopologyIncomplete(Invalid):
    msg_fmt = _('CPU and memory allocation must be provided for all NUMA nodes')


class ImageNUMATopologyMemoryOutOfRange(Invalid):
    msg_fmt = _('%(memsize)d MB of memory assigned, but expected %(memtotal)d MB')


class ImageVCPULimitsRangeExceeded(Invalid):
    msg_fmt = _(
        'Image vCPU topology limits '
        '%(image_sockets)s:%(image_cores)s:%(image_threads)s exceed '
        'those of the flavor, '
        '%(flavor_sockets)s:%(flavor_cores)s:%(flavor_threads)s'
    )


class ImageVCPULimitsRangeImpossible(Invalid):
    msg_fmt = _(
        'Requested vCPU limits %(sockets)d:%(cores)d:%(threads)d '
        'cannot be satisfied with %(vcpus)d vCPUs'
    )


class ImageVCPUTopologyRangeExceeded(Invalid):
    msg_fmt = _(
        'Image vCPU topology '
        '%(image_sockets)d:%(image_cores)d:%(image_threads)d exceeds '
        'the limits %(max_sockets)d:%(max_cores)d:%(max_threads)d'
    )


class MemoryPageSizeForbidden(Invalid):
    msg_fmt = _('Page size %(pagesize)s is not allowed against %(against)s')


class MemoryPageSizeInvalid(Invalid):
    msg_fmt = _('Invalid memory page size %(pagesize)s')


class MemoryPageSizeNotSupported(Invalid):
    msg_fmt = _('Page size %(pagesize)s is not supported by the host.')


class MemoryPagesUnsupported(Invalid):
    msg_fmt = _('Host does not support guests with memory pages set.')


class LockMemoryForbidden(Invalid):
    msg_fmt = _('Locked memory needs a memory page size to be set.')


class NUMATopologyUnsupported(Invalid):
    msg_fmt = _('Host does not support guests with NUMA topology set')


class UnsupportedHostCPUControlPolicy(Invalid):
    msg_fmt = _('Requested CPU control policy not supported by host')


class UnsupportedHardware(Invalid):
    msg_fmt = _(
        'Requested hardware %(model)s is not supported by the '
        '%(virt)s virt driver'
    )


class UnsupportedVirtType(Invalid):
    msg_fmt = _('Virtualization type %(virt)s is not supported')


# Firmware, TPM and devices

class UEFINotSupported(Invalid):
    msg_fmt = _('UEFI is not supported')


class SecureBootNotSupported(Invalid):
    msg_fmt = _('Secure Boot is not supported by host')


class FirmwareSMMNotSupported(Invalid):
    msg_fmt = _(
        'This firmware needs System Management Mode, which the '
        'machine type lacks'
    )


class StatelessFirmwareRequired(Invalid):
    msg_fmt = _('The feature %(feature)s needs stateless firmware')


class RngDeviceNotExist(Invalid):
    msg_fmt = _('This random number device, %(path)s, does not exist on the host.')


class VTPMSecretNotFound(NovaException):
    msg_fmt = _(
        'The secret of the TPM of instance %(instance_uuid)s could '
        'not be found.'
    )


class VTPMSecretForbidden(Forbidden):
    msg_fmt = _('Access to the secret of the TPM is forbidden.')


class DeviceNotFound(NotFound):
    msg_fmt = _('Device %(device)s not found.')


class DeviceDetachFailed(NovaException):
    msg_fmt = _('Device detach failed for %(device)s: %(reason)s')


class PciDeviceNotFoundById(NotFound):
    msg_fmt = _('PCI device %(id)s not found')


class PciDeviceUnsupportedHypervisor(NovaException):
    msg_fmt = _('%(type)s hypervisor does not support PCI devices')


class PciDeviceDetachFailed(NovaException):
    msg_fmt = _('Failed to detach PCI device %(dev)s: %(reason)s')


class InvalidReservedMemoryPagesOption(Invalid):
    msg_fmt = _('[DEFAULT] reserved_huge_pages is %(conf)s; it takes '
                'node:NUMBER,size:SIZE,count:NUMBER, the size in KiB or with its '
                'unit, as 2M or 1GB')


class InvalidLibvirtMdevConfig(NovaException):
    msg_fmt = _('Invalid configuration for mdev-capable devices: %(reason)s')


class PMEMNamespaceConfigInvalid(NovaException):
    msg_fmt = _('The pmem_namespaces configuration is invalid: %(reason)s')


class GetPMEMNamespacesFailed(NovaException):
    msg_fmt = _('Get PMEM namespaces on host failed: %(reason)s.')


# Disks and volumes

class DiskNotFound(NotFound):
    msg_fmt = _('No disk at %(location)s')


class FileNotFound(NotFound):
    msg_fmt = _('File %(file_path)s could not be found.')


class CannotResizeDisk(NovaException):
    msg_fmt = _('Server disk was unable to be resized because: %(reason)s')


class InvalidDiskFormat(Invalid):
    msg_fmt = _('Disk format %(disk_format)s is not acceptable')


class InvalidDiskInfo(Invalid):
    msg_fmt = _('Disk info file is invalid: %(reason)s')


class DiskInfoReadWriteFail(Invalid):
    msg_fmt = _('Failed to read or write disk info file: %(reason)s')


class DestinationDiskExists(Invalid):
    msg_fmt = _(
        'The supplied disk path (%(path)s) already exists, it is '
        'expected not to exist.'
    )


class InvalidLocalStorage(NovaException):
    msg_fmt = _('%(path)s is not on local storage: %(reason)s')


class ShareProtocolNotSupported(NotFound):
    msg_fmt = _('Share protocol %(share_proto)s is not supported.')


class InvalidSharedStorage(NovaException):
    msg_fmt = _('%(path)s is not on shared storage: %(reason)s')


class InvalidDevicePath(Invalid):
    msg_fmt = _('The supplied device path (%(path)s) is invalid.')


class DevicePathInUse(Invalid):
    msg_fmt = _('The supplied device path (%(path)s) is in use.')
    code = 409


class InstanceDiskMappingFailed(NovaException):
    msg_fmt = _(
        'Failed to map boot disk of instance %(instance_name)s to the'
        ' management domain from any source.'
    )


class InvalidBDM(Invalid):
    msg_fmt = _('Block Device Mapping is Invalid.')


class InvalidBDMFormat(InvalidBDM):
    msg_fmt = _('Block Device Mapping is Invalid: %(details)s')


class InvalidBDMDiskBus(InvalidBDM):
    msg_fmt = _('Block Device Mapping is Invalid: The disk bus is not valid.')


class InvalidBDMImage(InvalidBDM):
    msg_fmt = _('Block Device Mapping is Invalid: failed to get image %(id)s.')


class InvalidBDMVolume(InvalidBDM):
    msg_fmt = _('Block Device Mapping is Invalid: failed to get volume %(id)s.')


class InvalidBDMSwapSize(InvalidBDM):
    msg_fmt = _('Block Device Mapping is Invalid: invalid swap size.')


class InvalidBDMEphemeralSize(InvalidBDM):
    msg_fmt = _('Block Device Mapping is Invalid: invalid ephemeral size.')


class InvalidBDMBootSequence(InvalidBDM):
    msg_fmt = _(
        'Block Device Mapping is Invalid: Boot sequence for the '
        'instance and image/block device mapping combination is not '
        'valid.'
    )


class TooManyDiskDevices(InvalidBDM):
    msg_fmt = _(
        'The maximum allowed number of disk devices (%(maximum)d) to '
        'attach to a single instance has been exceeded.'
    )
    code = 403


class UndefinedRootBDM(NovaException):
    msg_fmt = _(
        'Undefined Block Device Mapping root: the list holds devices '
        'of other instances or no root device.'
    )


class BDMNotFound(NotFound):
    msg_fmt = _('No Block Device Mapping with id %(id)s.')


class VolumeBDMNotFound(NotFound):
    msg_fmt = _('No block device mapping of volume %(volume_id)s.')


class UnsupportedRescueBus(Invalid):
    msg_fmt = _(
        'Requested rescue bus %(bus)s is not supported by the '
        '%(virt)s virt driver'
    )


class UnsupportedRescueDevice(Invalid):
    msg_fmt = _('Requested rescue device %(device)s is not supported')


class UnsupportedRescueImage(Invalid):
    msg_fmt = _('Requested rescue image %(image)s is not supported')


class InvalidVolume(Invalid):
    msg_fmt = _('Invalid volume: %(reason)s')


class InvalidVolumeAccessMode(Invalid):
    msg_fmt = _('Invalid volume access mode: %(access_mode)s')


class InvalidConnectionInfo(Invalid):
    msg_fmt = _('The connection info of the volume is invalid.')


class VolumeNotFound(NotFound):
    msg_fmt = _('Volume %(volume_id)s could not be found.')


class VolumeDriverNotFound(NotFound):
    msg_fmt = _('Could not find a handler for %(driver_type)s volume.')


class VolumeDriverNotSupported(VolumeDriverNotFound):
    msg_fmt = _('Volume driver %(volume_driver)s is not supported on this platform.')


class ConfigDriveUnknownFormat(NovaException):
    msg_fmt = _(
        'Unknown config drive format %(format)s. Select one of '
        'iso9660 or vfat.'
    )


class ConfigDriveMountFailed(NovaException):
    msg_fmt = _(
        'Could not mount vfat config drive. %(operation)s failed. '
        'Error: %(error)s'
    )


# Networks

class NetworkNotFound(NotFound):
    msg_fmt = _('Network %(network_id)s could not be found.')


class PortNotFound(NotFound):
    msg_fmt = _('Port id %(port_id)s could not be found.')


class PortBindingFailed(Invalid):
    msg_fmt = _(
        'Binding failed for port %(port_id)s, please check the logs '
        'of the network service.'
    )


class AttachInterfaceNotSupported(Invalid):
    msg_fmt = _('Attaching an interface is not supported for instance '
                '%(instance_uuid)s')


class InterfaceAttachFailed(NovaException):
    msg_fmt = _('Failed to attach a network interface to %(instance_uuid)s')


class InterfaceDetachFailed(Invalid):
    msg_fmt = _('Failed to detach a network interface from %(instance_uuid)s')


class VirtualInterfaceCreateException(NovaException):
    msg_fmt = _('Virtual interface creation failed')


class VirtualInterfacePlugException(NovaException):
    msg_fmt = _('Virtual interface plugin failed')


class VirtualInterfaceUnplugException(NovaException):
    msg_fmt = _('Failed to unplug virtual interface: %(reason)s')


class VirtualInterfaceMacAddressException(NovaException):
    msg_fmt = _('Creation of a virtual interface with a unique MAC address failed')


class VifDetailsMissingMacvtapParameters(Invalid):
    msg_fmt = _(
        'Parameters %(missing_params)s not present in vif_details for'
        ' vif %(vif_id)s.'
    )


class VifDetailsMissingVhostuserSockPath(Invalid):
    msg_fmt = _('vhostuser_sock_path not present in vif_details for vif %(vif_id)s')


class InvalidCidr(Invalid):
    msg_fmt = _('%(cidr)s is not a valid IP network.')


class InvalidIpAddressError(Invalid):
    msg_fmt = _('%(address)s is not a valid IP v4 or v6 address.')


# Objects

class ObjectActionError(NovaException):
    msg_fmt = _('Object action %(action)s failed because: %(reason)s')


class OrphanedObjectError(NovaException):
    msg_fmt = _('Cannot call %(method)s on orphaned %(objtype)s object')


class PciInvalidAlias(Invalid):
    msg_fmt = _('Invalid PCI alias definition: %(reason)s')


class NumaTopologyNotFound(NotFound):
    msg_fmt = _('Instance %(instance_uuid)s does not specify a NUMA topology')
