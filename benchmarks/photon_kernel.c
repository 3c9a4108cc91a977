/* The photon kernel of ringcast.simulation once more, in C with OpenMP, for `photon_kernel.py`: it reads the same steps
 * and tables, draws the same random numbers and writes the photoelectrons, so that times and outcomes can be compared.
 * Formulas and their sources are in src/ringcast/simulation/{emission,flight,scatter,surface,domes,wall,philox}.py.
 *
 * photon_kernel INPUT OUTPUT THREADS RUNS prints the seconds of each run and writes the photoelectrons of the last:
 * their number, then steps, sensors (both 64-bit integers) and times. INPUT holds columns, each as a number of bytes
 * and the bytes, in the order of `read_input` in photon_tables.h.
 */
#include <omp.h>

#include "photon_walls.h"

#define BLOCK (1 << 16) /* photons followed at a time by a thread */

/* A photon -------------------------------------------------------------------------------------------------------- */

static inline void scatter(vec *d, vec *e, double place, const double w[4]) {
    double turn = w[1], g = forward_cosine;
    if (forward_share.n && w[2] < at(forward_share, place)) {
        double k = (1.0 - g * g) / (1.0 - g + 2.0 * g * w[0]), cosine = (1.0 + g * g - k * k) / (2.0 * g);
        *d = on_cone(*d, cosine < -1.0 ? -1.0 : cosine > 1.0 ? 1.0 : cosine, turn);
    } else {
        *d = on_cone(*e, 2.0 * sin(asin(2.0 * w[0] - 1.0) / 3.0), turn);
    }
    *e = perpendicular(*e, *d, turn);
}

static inline vec mirrored_polarisation(vec e, vec old, vec new) {
    vec f = minus(new, 1.0, old);
    double square = dot(f, f);
    if (square > 1e-18) {
        double along = 2.0 * dot(e, f) / square;
        e = (vec){along * f.x - e.x, along * f.y - e.y, along * f.z - e.z};
    }
    return perpendicular(e, new, 0.0);
}

static inline int travel(int64_t s, int64_t photon, vec r, vec d, vec e, double place, double *path, int64_t *found) {
    double v[4], w[4];
    uniform4(event[s], step_number[s], photon, 1, v);
    double absorption = at(absorption_cm, place), length = scattering_cm.n ? at(scattering_cm, place) : INFINITY;
    double left = absorption * (1.0 - v[0]), free_cm = length * (1.0 - v[1]); /* at the least */
    double chance = v[2], other = v[3], travelled = 0.0;
    int left_known = 0, free_known = 0;
    int64_t last = -1;
    for (int64_t turns = 0; turns <= most_turns; turns++) {
        int surface;
        double wall = wall_crossing(r, d, &surface);
        *found = -1;
        if (height > 0.0) wall = first_dome(r, d, wall, last, found);
        if (free_cm < wall && !free_known) free_cm += length * (v[1] - 1.0 - log(v[1])), free_known = 1;
        double leg = free_cm < wall ? free_cm : wall;
        if (leg > left && !left_known) left += absorption * (v[0] - 1.0 - log(v[0])), left_known = 1;
        if (leg > left) {
            *path = travelled + left;
            return WATER;
        }
        travelled += leg, left -= leg, r = plus(r, leg, d);
        if (free_cm < wall) {
            uniform4(event[s], step_number[s], photon, 3 + 2 * turns, w);
            if (turns == 0) e = perpendicular(e, d, 0.0);
            scatter(&d, &e, place, w);
            v[1] = w[3], free_cm = length * (1.0 - v[1]), free_known = 0, last = -1;
            continue;
        }
        if (height == 0.0) *found = sensor_at(r, surface);
        double share;
        int fate = meet(r, d, *found, surface, place, chance, other, &share);
        *path = travelled;
        if (fate != CUT) return fate;
        uniform4(event[s], step_number[s], photon, 2 + 2 * turns, w);
        vec new = *found >= 0 ? mirror(d, face_normal(r, *found, surface))
                              : bounce(d, wall_normal(r, surface), share, w[0], w[1]);
        if (scattering_cm.n && turns == 0) e = perpendicular(e, d, 0.0);
        if (scattering_cm.n) e = mirrored_polarisation(e, d, new);
        chance = w[2], other = w[3], d = new, free_cm -= leg, last = height > 0.0 ? *found : -1;
    }
    *path = travelled;
    return CUT;
}

static inline vec between(const double first[3], const double last[3], double share) {
    return (vec){first[0] + share * (last[0] - first[0]), first[1] + share * (last[1] - first[1]),
                 first[2] + share * (last[2] - first[2])};
}

static inline int fly(int64_t s, int64_t photon, double bound, double *when, int64_t *found) {
    double u[4];
    uniform4(event[s], step_number[s], photon, 0, u);
    double place = at(wavelength_nm, u[1] * (wavelength_nm.n - 1)) - first_nm, index = at(phase_index, place);
    double ratio = mass_mev[s] / (start_mev[s] + u[0] * (end_mev[s] - start_mev[s]) + mass_mev[s]);
    double cos2 = 1.0 / ((1.0 - ratio * ratio) * index * index);
    if (1.0 - cos2 <= u[2] * bound) return UNBORN;
    vec r = between(start_cm[s], end_cm[s], u[0]), axis = between(start_way[s], end_way[s], u[0]);
    if (r.x * r.x + r.y * r.y >= radius * radius || fabs(r.z) >= half_height) return OUTSIDE;
    if (height > 0.0 && in_dome(r)) return OUTSIDE;
    vec d = on_cone(axis, sqrt(cos2), u[3]);
    double birth = start_ns[s] + u[0] * (end_ns[s] - start_ns[s]), path;
    int fate = travel(s, photon, r, d, axis, place, &path, found);
    *when = birth + path * at(group_index, place) / C_CM_PER_NS;
    return fate;
}

/* All photons ----------------------------------------------------------------------------------------------------- */

typedef struct { int64_t n, *step, *sensor; double *time_ns; } electrons;

static electrons room(int64_t n) {
    return (electrons){0, malloc(8 * n + 8), malloc(8 * n + 8), malloc(8 * n + 8)};
}

static void release(electrons *e) { free(e->step), free(e->sensor), free(e->time_ns); }

static int64_t step_of(int64_t photon) {
    int64_t low = 0, high = n_steps;
    while (high - low > 1) {
        int64_t middle = (low + high) / 2;
        if (offset[middle] <= photon) low = middle;
        else high = middle;
    }
    return low;
}

static electrons follow(int64_t first, int64_t last) {
    electrons seen = room(last - first);
    for (int64_t s = step_of(first); first < last; s++) {
        double ratio = mass_mev[s] / (start_mev[s] + mass_mev[s]);
        double bound = 1.0 - 1.0 / ((1.0 - ratio * ratio) * (index_max * index_max));
        int64_t end = offset[s + 1] < last ? offset[s + 1] : last;
        for (; first < end; first++) {
            double when;
            int64_t found;
            if (fly(s, first - offset[s], bound, &when, &found) != SEEN) continue;
            seen.step[seen.n] = s, seen.sensor[seen.n] = found, seen.time_ns[seen.n++] = when;
        }
    }
    return seen;
}

static electrons follow_all(void) {
    int64_t blocks = (offset[n_steps] + BLOCK - 1) / BLOCK, total = 0;
    electrons *parts = malloc(blocks * sizeof(electrons));
#pragma omp parallel for schedule(dynamic)
    for (int64_t b = 0; b < blocks; b++) {
        int64_t last = (b + 1) * BLOCK;
        parts[b] = follow(b * BLOCK, last < offset[n_steps] ? last : offset[n_steps]);
    }
    for (int64_t b = 0; b < blocks; b++) total += parts[b].n;
    electrons all = room(total);
    for (int64_t b = 0; b < blocks; release(&parts[b++]))
        for (int64_t i = 0; i < parts[b].n; i++, all.n++)
            all.step[all.n] = parts[b].step[i], all.sensor[all.n] = parts[b].sensor[i],
            all.time_ns[all.n] = parts[b].time_ns[i];
    free(parts);
    return all;
}

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    read_input(argv[1]);
    omp_set_num_threads(atoi(argv[3]));
    electrons seen = room(0);
    for (int run = 0; run < atoi(argv[4]); run++) {
        release(&seen);
        double begin = omp_get_wtime();
        seen = follow_all();
        printf("%.6f\n", omp_get_wtime() - begin);
    }
    FILE *file = fopen(argv[2], "wb");
    if (!file) return 1;
    fwrite(&seen.n, 8, 1, file);
    fwrite(seen.step, 8, seen.n, file), fwrite(seen.sensor, 8, seen.n, file), fwrite(seen.time_ns, 8, seen.n, file);
    return fclose(file) != 0;
}
