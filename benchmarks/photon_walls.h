/* For photon_kernel.c: the wall, the domes, and what becomes of a photon there. */
#pragma once
#include "photon_tables.h"

/* Wall and domes -------------------------------------------------------------------------------------------------- */

static inline int64_t within(double share, int64_t n) {
    int64_t i = (int64_t)(share * n);
    i = i < 0 ? 0 : i;
    return i > n - 1 ? n - 1 : i;
}

static inline int64_t cell_at(vec r, int surface) {
    double first, second;
    if (surface == 1) {
        double share = r.y / (fabs(r.x) + fabs(r.y));
        first = 0.25 * (r.x < 0.0 ? 2.0 - share : r.y >= 0.0 ? share : 4.0 + share);
        second = (r.z / half_height + 1.0) * 0.5;
    } else {
        first = (r.x / radius + 1.0) * 0.5, second = (r.y / radius + 1.0) * 0.5;
    }
    int64_t columns = cells[2 * surface + 1];
    return first_cell[surface] + within(first, cells[2 * surface]) * columns + within(second, columns);
}

static inline double wall_crossing(vec r, vec d, int *surface) {
    double a = d.x * d.x + d.y * d.y, b = r.x * d.x + r.y * d.y, c = r.x * r.x + r.y * r.y - radius * radius;
    double distance = INFINITY;
    *surface = 1;
    if (a > 1e-14) {
        double root2 = b * b - a * c;
        distance = (sqrt(root2 > 0.0 ? root2 : 0.0) - b) / a;
    }
    if (d.z > 1e-14 && (half_height - r.z) / d.z < distance)
        distance = (half_height - r.z) / d.z, *surface = 0;
    else if (d.z < -1e-14 && (half_height + r.z) / -d.z < distance)
        distance = (half_height + r.z) / -d.z, *surface = 2;
    return distance;
}

static inline int64_t sensor_at(vec r, int surface) {
    int64_t cell = cell_at(r, surface), found = -1;
    double best = INFINITY;
    for (int32_t e = cell_start[cell]; e < cell_start[cell + 1]; e++) {
        int32_t s = cell_sensor[e];
        vec o = {r.x - position_cm[s][0], r.y - position_cm[s][1], r.z - position_cm[s][2]};
        double apart = dot(o, o);
        if (apart <= reach_cm[s] * reach_cm[s] && apart < best) best = apart, found = s;
    }
    return found;
}

static inline int in_dome(vec r) {
    double inner = radius - height;
    for (int surface = 0; surface < 3; surface++) {
        if (surface == 1 && r.x * r.x + r.y * r.y < inner * inner) continue;
        if (surface != 1 && (1.0 - surface) * r.z < half_height - height) continue;
        int64_t cell = cell_at(r, surface);
        for (int32_t e = cell_start[cell]; e < cell_start[cell + 1]; e++) {
            const double *s = dome[cell_sensor[e]];
            vec o = {r.x - s[0], r.y - s[1], r.z - s[2]};
            if (dot(o, o) < s[3] * s[3]) return 1;
        }
    }
    return 0;
}

static inline void search(vec r, vec d, double start, double end, int surface, int64_t skip, double *best,
                          int64_t *found) {
    if (start >= end) return;
    int64_t count = (int64_t)((end - start) / stride) + 1;
    double width = (end - start) / count;
    for (int64_t k = 0; k < count && start + k * width <= *best; k++) {
        int64_t cell = cell_at(plus(r, start + (k + 0.5) * width, d), surface);
        for (int32_t e = cell_start[cell]; e < cell_start[cell + 1]; e++) {
            int32_t sensor = cell_sensor[e];
            if (sensor == skip) continue;
            const double *s = dome[sensor];
            vec o = {r.x - s[0], r.y - s[1], r.z - s[2]};
            double along = dot(o, d), root2 = along * along - (dot(o, o) - s[3] * s[3]);
            if (root2 <= 0.0) continue;
            double t = -along - sqrt(root2);
            if (t <= 0.0 || t >= *best) continue;
            if ((o.x + t * d.x) * s[4] + (o.y + t * d.y) * s[5] + (o.z + t * d.z) * s[6] >= s[7])
                *best = t, *found = sensor;
        }
    }
}

static inline double first_dome(vec r, vec d, double limit, int64_t skip, int64_t *found) {
    double best = limit, inner = radius - height;
    double a = d.x * d.x + d.y * d.y, b = r.x * d.x + r.y * d.y, c = r.x * r.x + r.y * r.y - inner * inner;
    double root2 = b * b - a * c;
    *found = -1;
    if (a > 1e-14 && root2 > 0.0) {
        double root = sqrt(root2), enters = (-b - root) / a, leaves = (-b + root) / a;
        if (enters > 0.0) search(r, d, 0.0, enters < best ? enters : best, 1, skip, &best, found);
        search(r, d, leaves > 0.0 ? leaves : 0.0, best, 1, skip, &best, found);
    } else if (c > 0.0) {
        search(r, d, 0.0, best, 1, skip, &best, found);
    }
    for (int surface = 0; surface < 3; surface += 2) {
        double side = 1.0 - surface, ahead = half_height - height - side * r.z, speed = side * d.z;
        if (speed > 1e-14) {
            double start = ahead / speed;
            search(r, d, start > 0.0 ? start : 0.0, best, surface, skip, &best, found);
        } else if (ahead < 0.0) {
            double end = speed < -1e-14 ? ahead / speed : best;
            search(r, d, 0.0, end < best ? end : best, surface, skip, &best, found);
        }
    }
    return best;
}

/* What a photon meets --------------------------------------------------------------------------------------------- */

static inline vec wall_normal(vec r, int surface) {
    return surface == 1 ? (vec){-r.x / radius, -r.y / radius, 0.0} : (vec){0.0, 0.0, surface - 1.0};
}

static inline vec face_normal(vec r, int64_t found, int surface) {
    if (height == 0.0) return wall_normal(r, surface);
    const double *s = dome[found];
    double size = 1.0 / s[3];
    return (vec){(r.x - s[0]) * size, (r.y - s[1]) * size, (r.z - s[2]) * size};
}

static inline double fresnel(double cosine, double before, double after) {
    double square = 1.0 - (before / after) * (before / after) * (1.0 - cosine * cosine);
    if (square <= 0.0) return 1.0;
    double beyond = sqrt(square);
    double across = (before * cosine - after * beyond) / (before * cosine + after * beyond);
    double along = (after * cosine - before * beyond) / (after * cosine + before * beyond);
    return 0.5 * (across * across + along * along);
}

/* Share that the photocathode takes; *back comes back into the water. */
static inline double face_shares(double cosine, double water, double glass, double passed, double *back) {
    double square = 1.0 - (water / glass) * (water / glass) * (1.0 - cosine * cosine);
    double outer = fresnel(fabs(cosine), water, glass);
    double turned = passed * fresnel(sqrt(square > 0.0 ? square : 0.0), glass, 1.0);
    double through = (1.0 - outer) / (1.0 - turned * outer);
    *back = outer + (1.0 - outer) * through * turned;
    return through * (1.0 - passed);
}

static inline vec bounce(vec d, vec n, double choice, double one, double two) {
    if (choice >= lobes[2]) return on_cone(n, sqrt(one), two);
    if (choice >= lobes[1]) return (vec){-d.x, -d.y, -d.z};
    if (choice < lobes[0]) {
        double lean = slope_rad * sqrt(-2.0 * log(one));
        vec facet = on_cone(n, cos(lean < 0.5 * PI ? lean : 0.5 * PI), two);
        if (dot(d, facet) < 0.0) {
            vec back = mirror(d, facet);
            if (dot(back, n) > 0.0) return back;
        }
    }
    return mirror(d, n);
}

static inline int accepted(vec r, vec d, int64_t found, int surface, double other) {
    vec n = height > 0.0 ? (vec){dome[found][4], dome[found][5], dome[found][6]} : wall_normal(r, surface);
    double cosine = -dot(d, n);
    cosine = cosine < 0.0 ? 0.0 : cosine > 1.0 ? 1.0 : cosine;
    return other < at(acceptance, acos(cosine) / (0.5 * PI) * (acceptance.n - 1));
}

static inline int meet(vec r, vec d, int64_t found, int surface, double place, double chance, double other,
                       double *share) {
    *share = 0.0;
    if (found < 0) {
        double back = wall_reflectivity.n ? at(wall_reflectivity, place) : 0.0;
        if (chance >= back) return WALL;
        *share = chance / back;
        return CUT;
    }
    double back = face_reflectivity, missed = face_reflectivity;
    if (glass_index > 0.0) {
        double cosine = dot(d, face_normal(r, found, surface));
        missed = 1.0 - face_shares(cosine, at(phase_index, place), glass_index, face_reflectivity, &back);
    }
    if (chance < missed) return chance < back ? CUT : FACE;
    return acceptance.n && !accepted(r, d, found, surface, other) ? FACE : SEEN;
}
