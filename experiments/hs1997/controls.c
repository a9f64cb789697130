// The simple recurrent network of Table 2, on task 2a: on-line learning by RTRL or BPTT, and random weights.
//
// One self-recurrent logistic hidden unit and P + 1 logistic outputs, each layer sees all below, no biases:
//     h = f(v[s] + u h'),  y = f(W[s] + w h)      with s the input symbol; a1 ... a(P-1), x, y are 0 ... P
// Weights lie in one array: v (P + 1), u (1), w (P + 1), W (P + 1 rows, one per symbol). With MEMORY_CELL the hidden unit
// is that of 1997, which random weights alone are tried on: h = h' + f(g[s]) f(v[s]), where g (P + 1) is in the place of u.
#include <math.h>
#include <stdint.h>
#include <string.h>

#define N (P + 1)
#ifdef MEMORY_CELL
#define HIDDEN (2 * N)
#else
#define HIDDEN (N + 1)
#endif
#define SIZE (HIDDEN + N + N * N)

// The symbol at a step of the sequence that begins with x (0) or y (1), which comes again after the last.
static inline int symbol(int sequence, int step) { return step % P ? step - 1 : P - 1 + sequence; }

static inline double logistic(double x) { return 1.0 / (1.0 + exp(-x)); }

static inline uint64_t next(uint64_t *state) {  // splitmix64
    uint64_t z = (*state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

// Outputs of a step; returns the new hidden value.
static double forward(const double *weights, double h, int s, double *y) {
    const double *w = weights + HIDDEN, *row = w + N + s * N;
#ifdef MEMORY_CELL
    h += logistic(weights[N + s]) * logistic(weights[s]);
#else
    h = logistic(weights[s] + weights[N] * h);
#endif
    for (int k = 0; k < N; k++) y[k] = logistic(row[k] + w[k] * h);
    return h;
}

// Whether no output of either sequence is further from its target than the bound.
static int passes(const double *weights, double bound) {
    double y[N];
    for (int sequence = 0; sequence < 2; sequence++) {
        double h = 0.0;
        for (int t = 0; t < P; t++) {
            h = forward(weights, h, symbol(sequence, t), y);
            int target = symbol(sequence, t + 1);
            for (int k = 0; k < N; k++)
                if (fabs((k == target) - y[k]) > bound) return 0;
        }
    }
    return 1;
}

// Minus the gradient of half the squared error with respect to what goes into the outputs; returns that of h.
static double deltas(const double *weights, const double *y, int target, double *delta) {
    const double *w = weights + HIDDEN;
    double into = 0.0;
    for (int k = 0; k < N; k++) {
        delta[k] = ((k == target) - y[k]) * y[k] * (1.0 - y[k]);
        into += delta[k] * w[k];
    }
    return into;
}

// One sequence by RTRL: weights change at every step; `trace` is dh/dv and dh/du.
static void rtrl(double *weights, int sequence, double rate) {
    double h = 0.0, trace[N + 1] = {0}, y[N], delta[N];
    for (int t = 0; t < P; t++) {
        int s = symbol(sequence, t);
        double before = h, u = weights[N];
        h = forward(weights, h, s, y);
        double slope = h * (1.0 - h), into = rate * deltas(weights, y, symbol(sequence, t + 1), delta);
        double *w = weights + HIDDEN, *row = w + N + s * N;
        for (int k = 0; k <= N; k++) trace[k] = slope * (u * trace[k] + (k == s) + (k == N) * before);
        for (int k = 0; k <= N; k++) weights[k] += into * trace[k];
        for (int k = 0; k < N; k++) {
            row[k] += rate * delta[k];
            w[k] += rate * delta[k] * h;
        }
    }
}

// One sequence by BPTT: weights change at its end.
static void bptt(double *weights, int sequence, double rate) {
    static double delta[P][N];
    double h[P + 1] = {0}, into[P], y[N], back = 0.0;
    for (int t = 0; t < P; t++) {
        h[t + 1] = forward(weights, h[t], symbol(sequence, t), y);
        into[t] = deltas(weights, y, symbol(sequence, t + 1), delta[t]);
    }
    double *w = weights + HIDDEN, u = weights[N];
    for (int t = P - 1; t >= 0; t--) {
        int s = symbol(sequence, t);
        double *row = w + N + s * N, net = (into[t] + back) * h[t + 1] * (1.0 - h[t + 1]);
        back = net * u;
        weights[s] += rate * net;
        weights[N] += rate * net * h[t];
        for (int k = 0; k < N; k++) {
            row[k] += rate * delta[t][k];
            w[k] += rate * delta[t][k] * h[t + 1];
        }
    }
}

// Trains on sequences drawn at random until a test passes, which comes every `every`; returns how many were shown, or -1.
int64_t train(double *weights, uint64_t seed, int traces, double rate, int64_t budget, int64_t every, double bound) {
    for (int64_t shown = 1; shown <= budget; shown++) {
        int sequence = next(&seed) >> 63;
        (traces ? rtrl : bptt)(weights, sequence, rate);
        if (shown % every == 0 && passes(weights, bound)) return shown;
    }
    return -1;
}

// Draws weights uniformly in [-range, range] until a test passes; returns how many networks were drawn, or -1.
int64_t guess(double *weights, uint64_t seed, double range, int64_t budget, double bound) {
    for (int64_t drawn = 1; drawn <= budget; drawn++) {
        for (int k = 0; k < SIZE; k++) weights[k] = range * ((next(&seed) >> 11) * 0x1p-52 - 1.0);
        if (passes(weights, bound)) return drawn;
    }
    return -1;
}
