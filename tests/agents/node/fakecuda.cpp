/*
 * A fake libcuda.so.1: the calls that agents/node/challenge/cuda.py makes. It runs the kernels of
 * matmul.cu on the processor, one kernel at a time, so that all but the card itself is tested.
 *
 *   FAKECUDA_UUIDS       UUIDs of the cards, 32 hexadecimal digits each, with commas between
 *   FAKECUDA_CAPABILITY  of each card, such as 90
 *   FAKECUDA_ERROR       name=number: that call fails so
 */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "matmul.cu"
#undef multiply

thread_local place threadIdx, blockIdx, blockDim, gridDim;
thread_local std::barrier<> *warp;
unsigned fragments[32][6];

#define API extern "C" __attribute__((visibility("default")))

static std::mutex one_kernel;

static int refused(const char *name)
{
    const char *said = getenv("FAKECUDA_ERROR");
    size_t length = strlen(name);

    return said && !strncmp(said, name, length) && said[length] == '=' ? atoi(said + length + 1) : 0;
}

static std::vector<std::string> cards()
{
    std::string said = getenv("FAKECUDA_UUIDS") ?: "";
    std::vector<std::string> found;

    for (size_t at = 0; at + 32 <= said.size(); at += 33)
        found.push_back(said.substr(at, 32));
    return found;
}

API int cuInit(unsigned) { return refused("cuInit"); }

API int cuDeviceGetCount(int *count)
{
    *count = (int)cards().size();
    return refused("cuDeviceGetCount");
}

API int cuDeviceGet(int *device, int ordinal)
{
    *device = ordinal;
    return 0;
}

API int cuDeviceGetUuid_v2(unsigned char *uuid, int device)
{
    std::string digits = cards().at(device);

    for (int at = 0; at < 16; at++)
        uuid[at] = (unsigned char)strtoul(digits.substr(2 * at, 2).c_str(), nullptr, 16);
    return 0;
}

API int cuDeviceGetAttribute(int *value, int attribute, int)
{
    int capability = atoi(getenv("FAKECUDA_CAPABILITY") ?: "90");

    *value = attribute == 75 ? capability / 10 : capability % 10;
    return 0;
}

API int cuDevicePrimaryCtxRetain(void **context, int device)
{
    *context = (void *)(uintptr_t)(device + 1);
    return 0;
}

API int cuDevicePrimaryCtxRelease_v2(int) { return 0; }
API int cuCtxSetCurrent(void *context) { return context ? 0 : 201; }
API int cuCtxSynchronize() { return refused("cuCtxSynchronize"); }

API int cuModuleLoadData(void **module, const char *text)
{
    int turing = strstr(text, ".target sm_75") != nullptr, ampere = strstr(text, ".target sm_80") != nullptr;

    *module = (void *)(uintptr_t)(turing ? 75 : 80);
    return turing != ampere && strstr(text, ".entry fill(") && strstr(text, ".entry multiply(") ? 0 : 218;
}

API int cuModuleGetFunction(void **function, void *module, const char *name)
{
    *function = (void *)(uintptr_t)(strcmp(name, "fill") ? (uintptr_t)module : 1);
    return 0;
}

API int cuMemAlloc_v2(uint64_t *to, size_t size)
{
    *to = (uint64_t)(uintptr_t)malloc(size);
    if (*to)
        memset((void *)(uintptr_t)*to, 0xA5, size);
    return refused("cuMemAlloc_v2");
}

API int cuMemFree_v2(uint64_t what)
{
    free((void *)(uintptr_t)what);
    return 0;
}

API int cuMemsetD8_v2(uint64_t to, unsigned char value, size_t size)
{
    memset((void *)(uintptr_t)to, value, size);
    return 0;
}

API int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t size)
{
    memcpy(to, (void *)(uintptr_t)from, size);
    return 0;
}

template <typename T> static T argument(void **all, int which) { return *(T *)all[which]; }

static void fill_all(unsigned blocks, unsigned threads, void **all)
{
    gridDim.x = blocks, blockDim.x = threads;
    for (blockIdx.x = 0; blockIdx.x < blocks; blockIdx.x++)
        for (threadIdx.x = 0; threadIdx.x < threads; threadIdx.x++)
            fill((u32 *)argument<uint64_t>(all, 0), argument<u32>(all, 1), argument<u32>(all, 2), argument<u32>(all, 3),
                 argument<u32>(all, 4), argument<u32>(all, 5), argument<u32>(all, 6), argument<u32>(all, 7));
}

static void multiply_all(unsigned blocks, void **all, bool turing)
{
    for (unsigned block = 0; block < blocks; block++) {
        std::barrier<> together(32);
        std::vector<std::thread> lanes;

        for (unsigned lane = 0; lane < 32; lane++)
            lanes.emplace_back([&, lane] {
                threadIdx.x = lane, blockIdx.x = block, warp = &together;
                auto a = (const u32 *)argument<uint64_t>(all, 0), b = (const u32 *)argument<uint64_t>(all, 1);
                auto c = (u32 *)argument<uint64_t>(all, 2);

                (turing ? multiply_turing : multiply)(a, b, c, argument<u32>(all, 3), argument<u32>(all, 4));
            });
        for (auto &lane : lanes)
            lane.join();
    }
}

API int cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                       unsigned shared, void *stream, void **all, void **extra)
{
    std::lock_guard<std::mutex> alone(one_kernel);

    if (gy != 1 || gz != 1 || by != 1 || bz != 1 || shared || stream || extra)
        return 1;
    if ((uintptr_t)function == 1)
        fill_all(gx, bx, all);
    else if (bx != 32)
        return 1;
    else
        multiply_all(gx, all, (uintptr_t)function == 75);
    return refused("cuLaunchKernel");
}
