/* For photon_kernel.c: the input, random numbers and vectors. */
#pragma once
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define C_CM_PER_NS 29.9792458
#define PI 3.141592653589793

enum { UNBORN, OUTSIDE, WATER, WALL, FACE, SEEN, CUT };

typedef struct { double x, y, z; } vec;
typedef struct { const double *at; int64_t n; } table;

static const int64_t *offset, *event, *step_number, *cells, *first_cell;
static const double (*start_cm)[3], (*end_cm)[3], (*start_way)[3], (*end_way)[3];
static const double *start_mev, *end_mev, *start_ns, *end_ns, *mass_mev;
static const int32_t *cell_start, *cell_sensor;
static const double (*position_cm)[3], *reach_cm, (*dome)[8];
static table phase_index, group_index, absorption_cm, wavelength_nm;
static table scattering_cm, wall_reflectivity, acceptance, forward_share;
static const double *lobes;
static double first_nm, index_max, radius, half_height, height, stride;
static double face_reflectivity, glass_index, slope_rad, forward_cosine;
static int64_t n_steps, most_turns;
static uint64_t seed;

/* Input and output ------------------------------------------------------------------------------------------------ */

static void *column(FILE *file, int64_t *bytes) {
    if (fread(bytes, 8, 1, file) != 1) exit(1);
    void *at = aligned_alloc(64, (*bytes + 64) / 64 * 64);
    if (*bytes && fread(at, *bytes, 1, file) != 1) exit(1);
    return at;
}

static void *rows(FILE *file) {
    int64_t bytes;
    return column(file, &bytes);
}

static table numbers(FILE *file) {
    table t;
    t.at = column(file, &t.n);
    t.n /= 8;
    return t;
}

static double number(FILE *file) { return *numbers(file).at; }

static void read_input(const char *name) {
    FILE *file = fopen(name, "rb");
    if (!file) exit(1);
    int64_t bytes;
    offset = column(file, &bytes);
    n_steps = bytes / 8 - 1;
    event = rows(file), step_number = rows(file);
    start_cm = rows(file), end_cm = rows(file), start_way = rows(file), end_way = rows(file);
    start_mev = rows(file), end_mev = rows(file), start_ns = rows(file), end_ns = rows(file), mass_mev = rows(file);
    first_nm = number(file), phase_index = numbers(file), group_index = numbers(file);
    absorption_cm = numbers(file), wavelength_nm = numbers(file), index_max = number(file);
    radius = number(file), half_height = number(file), position_cm = rows(file), reach_cm = rows(file);
    cells = rows(file), first_cell = rows(file), cell_start = rows(file), cell_sensor = rows(file);
    height = number(file), stride = number(file), dome = rows(file);
    scattering_cm = numbers(file), wall_reflectivity = numbers(file), face_reflectivity = number(file);
    glass_index = number(file), lobes = rows(file), slope_rad = number(file), acceptance = numbers(file);
    most_turns = *(int64_t *)rows(file), forward_share = numbers(file), forward_cosine = number(file);
    seed = *(uint64_t *)rows(file);
    fclose(file);
}

/* Random numbers and vectors -------------------------------------------------------------------------------------- */

static inline void uniform4(int64_t ev, int64_t step, int64_t photon, int64_t block, double u[4]) {
    uint32_t c0 = photon, c1 = step, c2 = ev, c3 = block, k0 = seed, k1 = seed >> 32;
    for (int i = 0; i < 10; i++) {
        uint64_t p0 = (uint64_t)0xD2511F53 * c0, p1 = (uint64_t)0xCD9E8D57 * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, c1 = p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1, c3 = p0;
        k0 += 0x9E3779B9, k1 += 0xBB67AE85;
    }
    const double scale = 1.0 / 4294967296.0;
    u[0] = (c0 + 0.5) * scale, u[1] = (c1 + 0.5) * scale, u[2] = (c2 + 0.5) * scale, u[3] = (c3 + 0.5) * scale;
}

static inline double at(table t, double place) {
    int64_t i = (int64_t)place;
    if (i > t.n - 2) i = t.n - 2;
    return t.at[i] + (place - i) * (t.at[i + 1] - t.at[i]);
}

static inline double dot(vec a, vec b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static inline vec minus(vec a, double s, vec b) { return (vec){a.x - s * b.x, a.y - s * b.y, a.z - s * b.z}; }
static inline vec plus(vec a, double s, vec b) { return (vec){a.x + s * b.x, a.y + s * b.y, a.z + s * b.z}; }

static inline void cosine_and_sine(double turn, double *cosine, double *sine) {
    int64_t quarter = (int64_t)(4.0 * turn + 0.5);
    double x = (4.0 * turn - quarter) * (0.5 * PI), z = x * x, s = -1.0 / 1307674368000, c = 1.0 / 20922789888000;
    s = -1.0 / 5040 + z * (1.0 / 362880 + z * (-1.0 / 39916800 + z * (1.0 / 6227020800 + z * s)));
    s = x + x * z * (-1.0 / 6 + z * (1.0 / 120 + z * s));
    c = 1.0 / 40320 + z * (-1.0 / 3628800 + z * (1.0 / 479001600 + z * (-1.0 / 87178291200 + z * c)));
    c = 1.0 + z * (-0.5 + z * (1.0 / 24 + z * (-1.0 / 720 + z * c)));
    *cosine = (quarter + 1) & 2 ? -(quarter & 1 ? s : c) : quarter & 1 ? s : c;
    *sine = quarter & 2 ? -(quarter & 1 ? c : s) : quarter & 1 ? c : s;
}

static inline vec on_cone(vec a, double cosine, double turn) {
    double norm = 1.0 / sqrt(dot(a, a));
    a = (vec){a.x * norm, a.y * norm, a.z * norm};
    double sine = sqrt(1.0 - cosine * cosine), p, q;
    cosine_and_sine(turn, &p, &q);
    p *= sine, q *= sine;
    double across = sqrt(a.x * a.x + a.y * a.y);
    if (across < 1e-9) {
        double side = copysign(1.0, a.z);
        return (vec){p, q * side, cosine * side};
    }
    return (vec){cosine * a.x + (p * a.x * a.z - q * a.y) / across, cosine * a.y + (p * a.y * a.z + q * a.x) / across,
                 cosine * a.z - p * across};
}

static inline vec perpendicular(vec e, vec d, double fallback) {
    e = minus(e, dot(e, d), d);
    double length = sqrt(dot(e, e));
    return length < 1e-9 ? on_cone(d, 0.0, fallback) : (vec){e.x / length, e.y / length, e.z / length};
}

static inline vec mirror(vec d, vec n) { return minus(d, 2.0 * dot(d, n), n); }
