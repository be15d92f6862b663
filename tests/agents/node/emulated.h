/*
 * A processor plays a warp: one thread for each lane, and the tensor cores' multiplication by the
 * fragment layout that the PTX ISA lays down.
 */
#include <barrier>
#include <cstring>

#define __global__
#define __device__
#define __forceinline__ inline

struct place { unsigned x; };
extern thread_local place threadIdx, blockIdx, blockDim, gridDim;
extern thread_local std::barrier<> *warp;
extern unsigned fragments[32][6];

static void multiply_16x8(unsigned d[4], const unsigned a[4], const unsigned b[2])
{
    unsigned lane = threadIdx.x, group = lane >> 2, place = lane & 3;
    signed char left[16][32], right[32][8];

    memcpy(fragments[lane], a, 16);
    memcpy(fragments[lane] + 4, b, 8);
    warp->arrive_and_wait();
    for (unsigned from = 0; from < 32; from++) {
        unsigned row = from >> 2, first = (from & 3) * 4;

        for (int i = 0; i < 4; i++) {
            const signed char *bytes = (const signed char *)&fragments[from][i];

            for (int each = 0; each < 4; each++)
                left[row + (i & 1) * 8][first + (i >> 1) * 16 + each] = bytes[each];
        }
        for (int i = 0; i < 2; i++) {
            const signed char *bytes = (const signed char *)&fragments[from][4 + i];

            for (int each = 0; each < 4; each++)
                right[first + i * 16 + each][row] = bytes[each];
        }
    }
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 32; k++)
            d[i] += (unsigned)(left[group + (i >> 1) * 8][k] * right[k][place * 2 + (i & 1)]);
    warp->arrive_and_wait();
}

static void multiply_8x8(unsigned d[2], unsigned a, unsigned b)
{
    unsigned lane = threadIdx.x, group = lane >> 2, place = lane & 3;

    fragments[lane][0] = a;
    fragments[lane][1] = b;
    warp->arrive_and_wait();
    for (int i = 0; i < 2; i++)
        for (unsigned k = 0; k < 16; k++) {
            const signed char *left = (const signed char *)&fragments[group * 4 + k / 4][0];
            const signed char *right = (const signed char *)&fragments[(place * 2 + i) * 4 + k / 4][1];

            d[i] += (unsigned)(left[k % 4] * right[k % 4]);
        }
    warp->arrive_and_wait();
}
