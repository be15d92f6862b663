/*
 * A fake libnvidia-ml.so.1: the few calls of NVML that the agent makes.
 *
 * What it answers stands in the file that FAKENVML_STATE names, as key=value lines, read anew on
 * every call, so that whoever replaces the file changes the machine:
 *
 *   driver_version=570.133.20        of the whole machine, as are cuda_version and count
 *   0.name=NVIDIA H100 80GB HBM3     of GPU 0, as are uuid, memory_total, energy_mj, power_mw
 *   0.utilization_gpu=87             and every other key that a call below names
 *   0.pci_device=0x233010DE         as are pci_bus, serial, compute_capability: see below
 *   0.pids=417,4711                  processes that compute on GPU 0
 *   0.lost=1                         GPU 0 has fallen off the bus
 *   0.xid=79                         with 0.xid_count=1: the first XID of GPU 0, told to who waits
 *   0.mig_mode=1                     GPU 0 is cut in slices: 0.mig0.uuid, 0.mig0.name, ...
 *   err.nvmlInitWithFlags=9          that call fails with this nvmlReturn_t
 *   0.err.nvmlDeviceGetName=999      that call fails for GPU 0
 *
 * The energy counter is energy_mj plus power_mw for each second since the kernel started.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define API __attribute__((visibility("default")))
#define MAX_GPUS 64
#define MAX_LINE 512
#define MAX_MIG 8
#define WHOLE -1
#define XID_EVENT 0x8
#define RECOVERY_ACTION 230
#define WAIT_STEP_US 100000

/* nvmlReturn_t */
enum {
    SUCCESS = 0,
    UNINITIALIZED = 1,
    INVALID_ARGUMENT = 2,
    NOT_SUPPORTED = 3,
    NOT_FOUND = 6,
    INSUFFICIENT_SIZE = 7,
    DRIVER_NOT_LOADED = 9,
    TIMED_OUT = 10,
    GPU_IS_LOST = 15,
};

typedef struct {
    int index, mig;
} *device_t;

typedef struct {
    uint64_t total, free, used;
} memory_t;

typedef struct {
    unsigned int pid;
    unsigned long long memory;
    unsigned int gpu_instance, compute_instance;
} process_t;

typedef struct {
    unsigned int gpu, memory;
} utilization_t;

typedef struct {
    unsigned int field, scope;
    int64_t timestamp, latency;
    int type, error;
    union {
        double d;
        unsigned long long u;
    } value;
} field_t;

typedef struct {
    device_t device;
    unsigned long long type, data;
    unsigned int gpu_instance, compute_instance;
} event_t;

typedef struct {
    int watched[MAX_GPUS];
    uint64_t seen[MAX_GPUS];
} event_set_t;

static int initialized;
static __typeof__(*(device_t)0) devices[MAX_GPUS], slices[MAX_GPUS][MAX_MIG];

/* By this symbol the agent knows that it is not talking to a driver. */
API const int straits_fake_nvml = 1;

/* Copy the value of a key; returns 0 when the file or the key is missing. */
static int look_up(const char *key, char *value, size_t size)
{
    const char *path = getenv("FAKENVML_STATE");
    FILE *file = path ? fopen(path, "re") : NULL;
    char line[MAX_LINE];
    size_t length = strlen(key);
    int found = 0;

    if (!file)
        return 0;
    while (!found && fgets(line, sizeof line, file)) {
        if (strncmp(line, key, length) || line[length] != '=')
            continue;
        line[strcspn(line, "\n")] = 0;
        snprintf(value, size, "%s", line + length + 1);
        found = 1;
    }
    fclose(file);
    return found;
}

static int look_up_of(device_t device, const char *key, char *value, size_t size)
{
    char full[MAX_LINE];

    if (device->mig == WHOLE)
        snprintf(full, sizeof full, "%d.%s", device->index, key);
    else
        snprintf(full, sizeof full, "%d.mig%d.%s", device->index, device->mig, key);
    return look_up(full, value, size);
}

static uint64_t number_of(device_t device, const char *key, int *found)
{
    char value[MAX_LINE];

    *found = look_up_of(device, key, value, sizeof value);
    return *found ? strtoull(value, NULL, 0) : 0;
}

/* What a call must return at once: an injected error, or that we were not initialized. */
static int blocked(const char *function)
{
    char key[MAX_LINE], value[MAX_LINE];

    snprintf(key, sizeof key, "err.%s", function);
    if (look_up(key, value, sizeof value))
        return atoi(value);
    return initialized ? SUCCESS : UNINITIALIZED;
}

static int blocked_for(device_t device, const char *function)
{
    char key[MAX_LINE], value[MAX_LINE];
    int error = blocked(function);

    if (error)
        return error;
    snprintf(key, sizeof key, "%d.lost", device->index);
    if (look_up(key, value, sizeof value) && value[0] == '1')
        return GPU_IS_LOST;
    snprintf(key, sizeof key, "err.%s", function);
    return look_up_of(device, key, value, sizeof value) ? atoi(value) : SUCCESS;
}

static int give_number(device_t device, const char *function, const char *key, void *out, size_t size)
{
    int found, error = blocked_for(device, function);
    uint64_t number;

    if (error)
        return error;
    number = number_of(device, key, &found);
    if (found)
        memcpy(out, &number, size); /* little-endian, as every machine with such a GPU */
    return found ? SUCCESS : NOT_SUPPORTED;
}

/* A call that answers one number of a GPU. */
#define NUMBER(function, key, type)                                                        \
    API int function(device_t device, type *out)                                           \
    {                                                                                      \
        return give_number(device, #function, key, out, sizeof *out);                      \
    }

static int give_text(int found, const char *value, char *out, unsigned int size)
{
    if (!found)
        return NOT_SUPPORTED;
    if (strlen(value) >= size)
        return INSUFFICIENT_SIZE;
    strcpy(out, value);
    return SUCCESS;
}

API int nvmlInitWithFlags(unsigned int flags)
{
    char value[MAX_LINE];
    int i, j;

    (void)flags;
    if (look_up("err.nvmlInitWithFlags", value, sizeof value))
        return atoi(value);
    if (!look_up("count", value, sizeof value))
        return DRIVER_NOT_LOADED;
    for (i = 0; i < MAX_GPUS; i++) {
        devices[i].index = i;
        devices[i].mig = WHOLE;
        for (j = 0; j < MAX_MIG; j++) {
            slices[i][j].index = i;
            slices[i][j].mig = j;
        }
    }
    initialized++;
    return SUCCESS;
}

API int nvmlShutdown(void)
{
    if (!initialized)
        return UNINITIALIZED;
    initialized--;
    return SUCCESS;
}

API const char *nvmlErrorString(int result)
{
    switch (result) {
    case SUCCESS: return "Success";
    case UNINITIALIZED: return "Uninitialized";
    case INVALID_ARGUMENT: return "Invalid Argument";
    case NOT_SUPPORTED: return "Not Supported";
    case INSUFFICIENT_SIZE: return "Insufficient Size";
    case DRIVER_NOT_LOADED: return "Driver Not Loaded";
    case NOT_FOUND: return "Not Found";
    case TIMED_OUT: return "Timeout";
    case GPU_IS_LOST: return "GPU is lost";
    default: return "Unknown Error";
    }
}

API int nvmlSystemGetDriverVersion(char *version, unsigned int size)
{
    char value[MAX_LINE];
    int error = blocked(__func__);

    return error ? error : give_text(look_up("driver_version", value, sizeof value), value, version, size);
}

API int nvmlSystemGetCudaDriverVersion_v2(int *version)
{
    char value[MAX_LINE];
    int error = blocked(__func__);

    if (error)
        return error;
    if (!look_up("cuda_version", value, sizeof value))
        return NOT_SUPPORTED;
    *version = atoi(value);
    return SUCCESS;
}

API int nvmlDeviceGetCount_v2(unsigned int *count)
{
    char value[MAX_LINE];
    int error = blocked(__func__);

    if (error)
        return error;
    *count = look_up("count", value, sizeof value) ? (unsigned int)atoi(value) : 0;
    return *count <= MAX_GPUS ? SUCCESS : INVALID_ARGUMENT;
}

API int nvmlDeviceGetHandleByIndex_v2(unsigned int index, device_t *device)
{
    unsigned int count;
    int error = nvmlDeviceGetCount_v2(&count);

    if (error)
        return error;
    if (index >= count)
        return INVALID_ARGUMENT;
    *device = &devices[index];
    return blocked_for(*device, __func__);
}

API int nvmlDeviceGetName(device_t device, char *name, unsigned int size)
{
    char value[MAX_LINE];
    int error = blocked_for(device, __func__);

    return error ? error : give_text(look_up_of(device, "name", value, sizeof value), value, name, size);
}

API int nvmlDeviceGetUUID(device_t device, char *uuid, unsigned int size)
{
    char value[MAX_LINE];
    int error = blocked_for(device, __func__);

    return error ? error : give_text(look_up_of(device, "uuid", value, sizeof value), value, uuid, size);
}

API int nvmlDeviceGetMemoryInfo(device_t device, memory_t *memory)
{
    int found, any, error = blocked_for(device, __func__);
    uint64_t total, used;

    if (error)
        return error;
    total = number_of(device, "memory_total", &found);
    used = number_of(device, "memory_used", &any);
    *memory = (memory_t){.total = total, .free = total - used, .used = used};
    return found ? SUCCESS : NOT_SUPPORTED;
}

/* What tells one model of card from another: see agents/node/nvml_identity.py. */
typedef struct {
    char legacy_bus[16];
    unsigned int domain, bus, device, pci_device, pci_subsystem;
    char bus_id[32];
} pci_t;

static int text_of(device_t device, const char *function, const char *key, char *out, unsigned int size)
{
    char value[MAX_LINE];
    int error = blocked_for(device, function);

    return error ? error : give_text(look_up_of(device, key, value, sizeof value), value, out, size);
}

API int nvmlDeviceGetSerial(device_t device, char *serial, unsigned int size)
{
    return text_of(device, __func__, "serial", serial, size);
}

API int nvmlDeviceGetVbiosVersion(device_t device, char *version, unsigned int size)
{
    return text_of(device, __func__, "vbios", version, size);
}

API int nvmlDeviceGetBoardPartNumber(device_t device, char *number, unsigned int size)
{
    return text_of(device, __func__, "board_part", number, size);
}

API int nvmlDeviceGetPciInfo_v3(device_t device, pci_t *pci)
{
    int known, more, error = text_of(device, __func__, "pci_bus", pci->bus_id, sizeof pci->bus_id);

    if (error)
        return error;
    memcpy(pci->legacy_bus, pci->bus_id + 4, sizeof pci->legacy_bus - 1);
    pci->legacy_bus[sizeof pci->legacy_bus - 1] = 0;
    pci->pci_device = (unsigned int)number_of(device, "pci_device", &known);
    pci->pci_subsystem = (unsigned int)number_of(device, "pci_subsystem", &more);
    return known ? SUCCESS : NOT_SUPPORTED;
}

API int nvmlDeviceGetCudaComputeCapability(device_t device, int *major, int *minor)
{
    char value[MAX_LINE];
    int error = text_of(device, __func__, "compute_capability", value, sizeof value);

    if (error)
        return error;
    return sscanf(value, "%d.%d", major, minor) == 2 ? SUCCESS : NOT_SUPPORTED;
}

API int nvmlDeviceGetMemoryBusWidth(device_t device, unsigned int *bits)
{
    int known, error = blocked_for(device, __func__);

    if (error)
        return error;
    *bits = (unsigned int)number_of(device, "bus_width", &known);
    return known ? SUCCESS : NOT_SUPPORTED;
}

API int nvmlDeviceGetPowerManagementLimitConstraints(device_t device, unsigned int *least, unsigned int *most)
{
    int known, more, error = blocked_for(device, __func__);

    if (error)
        return error;
    *least = (unsigned int)number_of(device, "power_min_mw", &known);
    *most = (unsigned int)number_of(device, "power_max_mw", &more);
    return known && more ? SUCCESS : NOT_SUPPORTED;
}

API int nvmlDeviceGetTotalEnergyConsumption(device_t device, unsigned long long *millijoules)
{
    int counted, drawn, error = blocked_for(device, __func__);
    uint64_t energy, power;
    struct timespec up;

    if (error)
        return error;
    energy = number_of(device, "energy_mj", &counted);
    power = number_of(device, "power_mw", &drawn);
    clock_gettime(CLOCK_BOOTTIME, &up);
    *millijoules = energy + power * (uint64_t)up.tv_sec + power * (uint64_t)up.tv_nsec / 1000000000;
    return counted ? SUCCESS : NOT_SUPPORTED;
}

API int nvmlDeviceGetComputeRunningProcesses_v3(device_t device, unsigned int *count, process_t *processes)
{
    char value[MAX_LINE], *pid;
    unsigned int room = *count;
    int error = blocked_for(device, __func__);

    if (error)
        return error;
    *count = 0;
    if (!look_up_of(device, "pids", value, sizeof value))
        return SUCCESS;
    for (pid = strtok(value, ","); pid; pid = strtok(NULL, ","), ++*count)
        if (processes && *count < room)
            processes[*count] = (process_t){.pid = (unsigned int)atoi(pid)};
    return *count <= room ? SUCCESS : INSUFFICIENT_SIZE;
}

NUMBER(nvmlDeviceGetPowerUsage, "power_mw", unsigned int)
NUMBER(nvmlDeviceGetEnforcedPowerLimit, "power_limit_mw", unsigned int)
NUMBER(nvmlDeviceGetCurrentClocksEventReasons, "clocks_event_reasons", unsigned long long)
NUMBER(nvmlDeviceGetCurrPcieLinkGeneration, "pcie_generation", unsigned int)
NUMBER(nvmlDeviceGetMaxPcieLinkGeneration, "pcie_generation_max", unsigned int)
NUMBER(nvmlDeviceGetCurrPcieLinkWidth, "pcie_width", unsigned int)
NUMBER(nvmlDeviceGetMaxPcieLinkWidth, "pcie_width_max", unsigned int)
NUMBER(nvmlDeviceGetPcieReplayCounter, "pcie_replays", unsigned int)
NUMBER(nvmlDeviceGetMaxMigDeviceCount, "mig_most", unsigned int)

API int nvmlDeviceGetTemperature(device_t device, int sensor, unsigned int *celsius)
{
    (void)sensor;
    return give_number(device, __func__, "temperature", celsius, sizeof *celsius);
}

API int nvmlDeviceGetClockInfo(device_t device, int clock, unsigned int *mhz)
{
    return give_number(device, __func__, clock == 1 ? "clock_sm" : "clock_other", mhz, sizeof *mhz);
}

API int nvmlDeviceGetUtilizationRates(device_t device, utilization_t *rates)
{
    int gpu, memory, error = blocked_for(device, __func__);

    if (error)
        return error;
    if (device->mig != WHOLE)
        return NOT_SUPPORTED;
    rates->gpu = (unsigned int)number_of(device, "utilization_gpu", &gpu);
    rates->memory = (unsigned int)number_of(device, "utilization_memory", &memory);
    return gpu && memory ? SUCCESS : NOT_SUPPORTED;
}

API int nvmlDeviceGetTotalEccErrors(device_t device, int kind, int counter, unsigned long long *count)
{
    (void)counter;
    return give_number(device, __func__, kind ? "ecc_uncorrected" : "ecc_corrected", count, sizeof *count);
}

API int nvmlDeviceGetRemappedRows(device_t device, unsigned int *corrected, unsigned int *uncorrected,
                                  unsigned int *pending, unsigned int *failed)
{
    int found, error = blocked_for(device, __func__);

    if (error)
        return error;
    *corrected = *uncorrected = 0;
    *pending = (unsigned int)number_of(device, "rows_pending", &found);
    if (!found)
        return NOT_SUPPORTED;
    *failed = (unsigned int)number_of(device, "rows_failed", &found);
    return SUCCESS;
}

API int nvmlDeviceGetFieldValues(device_t device, int count, field_t *fields)
{
    int i, found, error = blocked_for(device, __func__);

    for (i = 0; !error && i < count; i++) {
        found = 0;
        fields[i].value.u = 0;
        if (fields[i].field == RECOVERY_ACTION)
            fields[i].value.u = number_of(device, "recovery_action", &found);
        fields[i].type = 1; /* unsigned int */
        fields[i].error = found ? SUCCESS : NOT_SUPPORTED;
    }
    return error;
}

API int nvmlDeviceGetMigMode(device_t device, unsigned int *current, unsigned int *pending)
{
    int error = give_number(device, __func__, "mig_mode", current, sizeof *current);

    *pending = *current;
    return error;
}

API int nvmlDeviceGetMigDeviceHandleByIndex(device_t device, unsigned int index, device_t *slice)
{
    char value[MAX_LINE];
    int error = blocked_for(device, __func__);

    if (error)
        return error;
    if (index >= MAX_MIG)
        return INVALID_ARGUMENT;
    *slice = &slices[device->index][index];
    return look_up_of(*slice, "uuid", value, sizeof value) ? SUCCESS : NOT_FOUND;
}

API int nvmlEventSetCreate(event_set_t **set)
{
    int error = blocked(__func__);

    if (!error)
        *set = calloc(1, sizeof **set);
    return error;
}

API int nvmlEventSetFree(event_set_t *set)
{
    free(set);
    return SUCCESS;
}

API int nvmlDeviceRegisterEvents(device_t device, unsigned long long kinds, event_set_t *set)
{
    int found, error = blocked_for(device, __func__);

    if (error)
        return error;
    set->watched[device->index] = (kinds & XID_EVENT) != 0;
    set->seen[device->index] = number_of(device, "xid_count", &found);
    return SUCCESS;
}

API int nvmlEventSetWait_v2(event_set_t *set, event_t *event, unsigned int milliseconds)
{
    unsigned int waited;
    int i, found, error;
    uint64_t count;

    for (waited = 0;; waited += WAIT_STEP_US / 1000) {
        if ((error = blocked(__func__)))
            return error;
        for (i = 0; i < MAX_GPUS; i++) {
            count = set->watched[i] ? number_of(&devices[i], "xid_count", &found) : 0;
            if (count <= set->seen[i])
                continue;
            set->seen[i] = count;
            *event = (event_t){.device = &devices[i], .type = XID_EVENT};
            event->data = number_of(&devices[i], "xid", &found);
            return SUCCESS;
        }
        if (waited >= milliseconds)
            return TIMED_OUT;
        usleep(WAIT_STEP_US);
    }
}
