// The limit: an LSTM with a dense head, trained by Adam, written by hand for one row at a time and compiled for one
// size. Weights stand side by side: kernel, recurrent kernel, bias (parts i, f, g, o), head kernel, head bias.
//
// cc -O3 -march=native -ffast-math -DUNITS=20 -DSYMBOLS=12 -DSOFTMAX=1 [-DREAL=double]; c_limit.py calls it
#include <stdlib.h>
#include <string.h>
#include <tgmath.h>
#ifdef __SSE__
#include <xmmintrin.h>
#endif
#ifndef REAL
#define REAL float
#endif
enum { U = UNITS, A = SYMBOLS, G = 4 * U, KERNEL = A * G, BIAS = KERNEL + U * G, HEAD = BIAS + G, END = HEAD + U * A + A };
typedef REAL real;
// what a step keeps for the way back; dz is the derivative by x W + h U + b
typedef struct { real h[U], c[U], gates[G], tanh_c[U], output[U], d_output[U], dz[G]; } step;

static inline real sigmoid(real x) { return 1 / (1 + exp(-x)); }

static void forward(const real *restrict w, int symbol, const real *h, const real *c, step *s) {
    const real *recurrent = w + KERNEL, *b = w + BIAS;
    real z[G];
    memcpy(s->h, h, sizeof s->h), memcpy(s->c, c, sizeof s->c);
    for (int k = 0; k < G; k++) z[k] = w[symbol * G + k] + b[k];
    for (int j = 0; j < U; j++) for (int k = 0; k < G; k++) z[k] += s->h[j] * recurrent[j * G + k];
    for (int k = 0; k < 2 * U; k++) s->gates[k] = sigmoid(z[k]);
    for (int k = 2 * U; k < 3 * U; k++) s->gates[k] = tanh(z[k]);
    for (int k = 3 * U; k < G; k++) s->gates[k] = sigmoid(z[k]);
    memset(s->d_output, 0, sizeof s->d_output);
}

static void next_state(step *s, real *h, real *c) {
    const real *i = s->gates, *f = i + U, *g = f + U, *o = g + U;
    for (int j = 0; j < U; j++) {
        c[j] = f[j] * s->c[j] + i[j] * g[j];
        s->tanh_c[j] = tanh(c[j]);
        h[j] = s->output[j] = o[j] * s->tanh_c[j];
    }
}

// the loss of a step, times its weight; its derivatives by the head go to `gradient`, that by the output to the step
static real head(const real *restrict w, real *restrict gradient, int target, real weight, step *s) {
    const real *kernel = w + HEAD, *bias = kernel + U * A;
    real *d_kernel = gradient + HEAD, *d_bias = d_kernel + U * A;
    static real y[A];
    real loss = 0;
    for (int q = 0; q < A; q++) y[q] = bias[q];
    for (int j = 0; j < U; j++) for (int q = 0; q < A; q++) y[q] += s->output[j] * kernel[j * A + q];
    if (SOFTMAX) {
        real most = y[0], total = 0;
        for (int q = 1; q < A; q++) most = y[q] > most ? y[q] : most;
        loss = most - y[target];
        for (int q = 0; q < A; q++) total += y[q] = exp(y[q] - most);
        loss += log(total);
        for (int q = 0; q < A; q++) y[q] *= weight / total;
        y[target] -= weight;
    } else {
        for (int q = 0; q < A; q++) {
            real x = y[q];
            loss += ((x > 0 ? x : 0) - (q == target) * x + log1p(exp(x > 0 ? -x : x))) / A;
            y[q] = (sigmoid(x) - (q == target)) * weight / A;
        }
    }
    for (int q = 0; q < A; q++) d_bias[q] += y[q];
    for (int j = 0; j < U; j++) {
        real sum = 0;
        for (int q = 0; q < A; q++) d_kernel[j * A + q] += s->output[j] * y[q], sum += kernel[j * A + q] * y[q];
        s->d_output[j] = sum;
    }
    return loss * weight;
}

// from dL/dh and dL/dc of the next states to dz, and to dL/dc of the state before
static void back_through_gates(step *s, const real *d_h, real *d_c) {
    const real *i = s->gates, *f = i + U, *g = f + U, *o = g + U;
    for (int j = 0; j < U; j++) {
        real dh = d_h[j] + s->d_output[j], dc = d_c[j] + dh * o[j] * (1 - s->tanh_c[j] * s->tanh_c[j]);
        s->dz[j] = dc * g[j] * i[j] * (1 - i[j]);
        s->dz[U + j] = dc * s->c[j] * f[j] * (1 - f[j]);
        s->dz[2 * U + j] = dc * i[j] * (1 - g[j] * g[j]);
        s->dz[3 * U + j] = dh * s->tanh_c[j] * o[j] * (1 - o[j]);
        d_c[j] = dc * f[j];
    }
}

// The loss of one row's window of `time` steps from states h and c, which become the last; adds its gradient.
real window_gradient(const real *restrict w, real *restrict gradient, int time, const int *inputs, const int *targets,
                     const real *weights, real *h, real *c, void *room) {
    step *steps = room;
    real loss = 0, d_h[U] = {0}, d_c[U] = {0};
    for (int t = 0; t < time; t++) {
        forward(w, inputs[t], h, c, steps + t);
        next_state(steps + t, h, c);
        if (weights[t] != 0) loss += head(w, gradient, targets[t], weights[t], steps + t);
    }
    for (int t = time - 1; t >= 0; t--) {
        step *s = steps + t;
        back_through_gates(s, d_h, d_c);
        for (int j = 0; t && j < U; j++) {  // dL/dh of the state before; nothing reaches back beyond the window
            d_h[j] = 0;
            for (int k = 0; k < G; k++) d_h[j] += w[KERNEL + j * G + k] * s->dz[k];
        }
        real *row = gradient + inputs[t] * G, *d_U = gradient + KERNEL, *d_b = gradient + BIAS;
        for (int k = 0; k < G; k++) row[k] += s->dz[k], d_b[k] += s->dz[k];
        for (int j = 0; j < U; j++) for (int k = 0; k < G; k++) d_U[j * G + k] += s->h[j] * s->dz[k];
    }
    return loss;
}

static void adam(real *restrict w, real *restrict m, real *restrict v, real *restrict gradient, real rate) {
    for (int k = 0; k < END; k++) {
        m[k] += (real)0.1 * (gradient[k] - m[k]);
        v[k] += (real)0.001 * (gradient[k] * gradient[k] - v[k]);
        w[k] -= rate * m[k] / (sqrt(v[k]) + (real)1e-7);
        gradient[k] = 0;
    }
}

// Trains `replicates` networks by `updates` rows of `time` steps, an update every `window` steps; `made` updates were
// made before. Arrays: (replicate, END) weights and slots; (replicate, update, batch, time) data.
void train(int replicates, int updates, int batch, int time, int window, int made, double rate, real *w, real *m, real *v,
           const int *inputs, const int *targets, const real *given) {
    real *gradient = calloc(END, sizeof(real)), *weights = malloc(window * sizeof(real));
    real *states = malloc(2 * batch * U * sizeof(real));
    void *room = malloc(window * sizeof(step));
#ifdef __SSE__
    unsigned mode = _mm_getcsr();
    _mm_setcsr(mode | 0x8040);  // numbers too small to be normal count as zero, as in the compiled peers
#endif
    for (int r = 0; r < replicates; r++, w += END, m += END, v += END) {
        double first = pow(0.9, (double)made), second = pow(0.999, (double)made);
        for (int update = 0; update < updates; update++, inputs += batch * time, targets += batch * time, given += batch * time) {
            memset(states, 0, 2 * batch * U * sizeof(real));
            for (int start = 0; start < time; start += window) {
                real total = 0;
                for (int row = 0; row < batch; row++) for (int t = 0; t < window; t++) total += given[row * time + start + t];
                for (int row = 0; row < batch; row++) {
                    int place = row * time + start;
                    for (int t = 0; t < window; t++) weights[t] = given[place + t] / total;
                    window_gradient(w, gradient, window, inputs + place, targets + place, weights,
                                    states + 2 * row * U, states + (2 * row + 1) * U, room);
                }
                first *= 0.9, second *= 0.999;
                adam(w, m, v, gradient, (real)(rate * sqrt(1 - second) / (1 - first)));
            }
        }
    }
#ifdef __SSE__
    _mm_setcsr(mode);
#endif
    free(gradient), free(weights), free(states), free(room);
}
