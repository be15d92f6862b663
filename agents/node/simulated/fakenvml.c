/*
 * A fake libnvidia-ml.so.1: the few calls of NVML that the agent makes.
 *
 * What it answers stands in the file that FAKENVML_STATE names, as key=value lines, read anew on
 * every call, so that whoever replaces the file changes the machine:
 *
 *   driver_version=570.133.20        of the whole machine, as are cuda_version and count
 *   0.name=NVIDIA H100 80GB HBM3     of GPU 0, as are uuid, memory_total, energy_mj, power_mw
 *   0.pids=417,4711                  processes that compute on GPU 0
 *   0.lost=1                         GPU 0 has fallen off the bus
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

#define API __attribute__((visibility("default")))
#define MAX_GPUS 64
#define MAX_LINE 512

/* nvmlReturn_t */
enum {
    SUCCESS = 0,
    UNINITIALIZED = 1,
    INVALID_ARGUMENT = 2,
    NOT_SUPPORTED = 3,
    INSUFFICIENT_SIZE = 7,
    DRIVER_NOT_LOADED = 9,
    GPU_IS_LOST = 15,
};

typedef struct {
    int index;
} *device_t;

typedef struct {
    uint64_t total, free, used;
} memory_t;

typedef struct {
    unsigned int pid;
    unsigned long long memory;
    unsigned int gpu_instance, compute_instance;
} process_t;

static int initialized;
static __typeof__(*(device_t)0) devices[MAX_GPUS];

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

    snprintf(full, sizeof full, "%d.%s", device->index, key);
    return look_up(full, value, size);
}

static uint64_t number_of(device_t device, const char *key, int *found)
{
    char value[MAX_LINE];

    *found = look_up_of(device, key, value, sizeof value);
    return *found ? strtoull(value, NULL, 10) : 0;
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
    if (look_up_of(device, "lost", value, sizeof value) && value[0] == '1')
        return GPU_IS_LOST;
    snprintf(key, sizeof key, "err.%s", function);
    return look_up_of(device, key, value, sizeof value) ? atoi(value) : SUCCESS;
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
    int i;

    (void)flags;
    if (look_up("err.nvmlInitWithFlags", value, sizeof value))
        return atoi(value);
    if (!look_up("count", value, sizeof value))
        return DRIVER_NOT_LOADED;
    for (i = 0; i < MAX_GPUS; i++)
        devices[i].index = i;
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
    int found, error = blocked_for(device, __func__);
    uint64_t total;

    if (error)
        return error;
    total = number_of(device, "memory_total", &found);
    *memory = (memory_t){.total = total, .free = total, .used = 0};
    return found ? SUCCESS : NOT_SUPPORTED;
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
