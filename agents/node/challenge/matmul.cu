/*
 * The two kernels of a computing challenge: fill a panel with a seed's bytes, multiply two panels.
 *
 * matmul_75.ptx and matmul_80.ptx are made of this file by compile.sh and shipped; the
 * driver turns them into code for the card. They say which source they were made of.
 *
 * A warp computes 64 x 64 elements. How a fragment of a matrix lies in the 32 lanes of a warp is
 * laid down in the PTX ISA, "Matrix Fragments for mma.m16n8k32" and "mma.m8n8k16".
 */
typedef unsigned int u32;
typedef unsigned long long u64;

#define TILE 64

#ifdef STRAITS_EMULATED
#include "emulated.h"
#else
__device__ __forceinline__ void multiply_16x8(u32 d[4], const u32 a[4], const u32 b[2])
{
    asm volatile("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 "
                 "{%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
                 : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

__device__ __forceinline__ void multiply_8x8(u32 d[2], u32 a, u32 b)
{
    asm volatile("mma.sync.aligned.m8n8k16.row.col.s32.s8.s8.s32 {%0,%1},{%2},{%3},{%0,%1};"
                 : "+r"(d[0]), "+r"(d[1])
                 : "r"(a), "r"(b));
}
#endif

/* Philox 4x32-10: agents/protocol/matrix.py has the same in numpy. */
__device__ __forceinline__ void philox(u32 c[4], u32 k0, u32 k1)
{
    for (int round = 0; round < 10; round++) {
        u64 one = (u64)0xD2511F53u * c[0], two = (u64)0xCD9E8D57u * c[2];
        u32 next0 = (u32)(two >> 32) ^ c[1] ^ k0, next2 = (u32)(one >> 32) ^ c[3] ^ k1;

        c[0] = next0;
        c[1] = (u32)two;
        c[2] = next2;
        c[3] = (u32)one;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
}

/* Rows of `blocks` times 16 bytes each, from block `first` of the row on. */
extern "C" __global__ void fill(u32 *panel, u32 rows, u32 blocks, u32 first, u32 k0, u32 k1, u32 c2, u32 c3)
{
    u64 all = (u64)rows * blocks, step = (u64)gridDim.x * blockDim.x;

    for (u64 at = (u64)blockIdx.x * blockDim.x + threadIdx.x; at < all; at += step) {
        u32 c[4] = {first + (u32)(at % blocks), (u32)(at / blocks), c2, c3};

        philox(c, k0, k1);
        for (int word = 0; word < 4; word++)
            panel[at * 4 + word] = c[word];
    }
}

#if defined(STRAITS_EMULATED) || __CUDA_ARCH__ >= 800
/* product[n][n] += a[n][k] * transpose of b[n][k]; k in words of four bytes, a multiple of eight. */
extern "C" __global__ void multiply(const u32 *a, const u32 *b, u32 *product, u32 n, u32 k)
{
    u32 across = n / TILE, row = blockIdx.x / across * TILE, column = blockIdx.x % across * TILE;
    u32 lane = threadIdx.x, group = lane >> 2, place = lane & 3;
    u32 sum[4][8][4] = {};

    for (u32 at = 0; at < k; at += 8) {
        u32 left[4][4], right[8][2];

#pragma unroll
        for (int i = 0; i < 4; i++) {
            const u32 *upper = a + (u64)(row + i * 16 + group) * k + at + place;
            const u32 *lower = upper + (u64)8 * k;

            left[i][0] = upper[0];
            left[i][1] = lower[0];
            left[i][2] = upper[4];
            left[i][3] = lower[4];
        }
#pragma unroll
        for (int j = 0; j < 8; j++) {
            const u32 *from = b + (u64)(column + j * 8 + group) * k + at + place;

            right[j][0] = from[0];
            right[j][1] = from[4];
        }
#pragma unroll
        for (int i = 0; i < 4; i++)
#pragma unroll
            for (int j = 0; j < 8; j++)
                multiply_16x8(sum[i][j], left[i], right[j]);
    }
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < 8; j++) {
            u32 *upper = product + (u64)(row + i * 16 + group) * n + column + j * 8 + place * 2;
            u32 *lower = upper + (u64)8 * n;

            upper[0] += sum[i][j][0];
            upper[1] += sum[i][j][1];
            lower[0] += sum[i][j][2];
            lower[1] += sum[i][j][3];
        }
}
#endif

#if defined(STRAITS_EMULATED)
#define multiply multiply_turing
#endif
#if defined(STRAITS_EMULATED) || __CUDA_ARCH__ < 800
/* The same for Turing, whose tensor cores take smaller pieces. */
extern "C" __global__ void multiply(const u32 *a, const u32 *b, u32 *product, u32 n, u32 k)
{
    u32 across = n / TILE, row = blockIdx.x / across * TILE, column = blockIdx.x % across * TILE;
    u32 lane = threadIdx.x, group = lane >> 2, place = lane & 3;
    u32 sum[8][8][2] = {};

    for (u32 at = 0; at < k; at += 4) {
        u32 left[8], right[8];

#pragma unroll
        for (int i = 0; i < 8; i++) {
            left[i] = a[(u64)(row + i * 8 + group) * k + at + place];
            right[i] = b[(u64)(column + i * 8 + group) * k + at + place];
        }
#pragma unroll
        for (int i = 0; i < 8; i++)
#pragma unroll
            for (int j = 0; j < 8; j++)
                multiply_8x8(sum[i][j], left[i], right[j]);
    }
#pragma unroll
    for (int i = 0; i < 8; i++)
#pragma unroll
        for (int j = 0; j < 8; j++) {
            u32 *to = product + (u64)(row + i * 8 + group) * n + column + j * 8 + place * 2;

            to[0] += sum[i][j][0];
            to[1] += sum[i][j][1];
        }
}
#endif
