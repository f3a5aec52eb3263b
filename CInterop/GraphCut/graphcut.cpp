#include "graphcut.h"

#include <boost/graph/boykov_kolmogorov_max_flow.hpp>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <cmath>
#include <cstddef>
#include <new>
#include <utility>
#include <vector>

namespace {

using Number = int32_t;
using Graph = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, boost::no_property,
                                                 boost::no_property, Number, Number>;

// More would not fit the graph's numbers.
const int64_t MOST_CELLS = 100000000;
const int DIRECTIONS = 8;
const int DX[DIRECTIONS] = {-1, 0, 1, -1, 1, -1, 0, 1}, DY[DIRECTIONS] = {-1, -1, -1, 0, 0, 1, 1, 1};

class Division {
  public:
    explicit Division(const graphcut_grid &grid) : grid(grid) {}

    void run(uint8_t *inside) {
        number();
        link();
        if (!cells.empty())
            flow();
        for (size_t cell = 0; cell < node.size(); cell++)
            inside[cell] = node[cell] < 0 ? grid.gain[cell] > 0 : colours[(size_t)node[cell]] == boost::black_color;
    }

  private:
    const graphcut_grid &grid;
    // The undecided cells, and each cell's place among them; −1 for the decided.
    std::vector<size_t> cells;
    std::vector<Number> node;
    std::vector<std::pair<Number, Number>> edges;
    std::vector<Number> reverse;
    std::vector<float> capacities;
    std::vector<boost::default_color_type> colours;

    void number() {
        size_t count = (size_t)grid.width * (size_t)grid.height;
        node.assign(count, -1);
        for (size_t cell = 0; cell < count; cell++)
            if (std::isfinite(grid.gain[cell])) {
                node[cell] = (Number)cells.size();
                cells.push_back(cell);
            }
    }

    // The tie between a cell and its neighbour: of the one that comes first in reading.
    float tie(size_t cell, size_t neighbour, int direction) const {
        switch (direction) {
        case 0:
            return grid.below_right[neighbour];
        case 1:
            return grid.below[neighbour];
        case 2:
            return grid.below_left[neighbour];
        case 3:
            return grid.right[neighbour];
        case 4:
            return grid.right[cell];
        case 5:
            return grid.below_left[cell];
        case 6:
            return grid.below[cell];
        default:
            return grid.below_right[cell];
        }
    }

    // Edges in the order of the nodes that they leave: the cells, then source and sink.
    void link() {
        const size_t count = cells.size();
        const Number source = (Number)count, sink = source + 1;
        std::vector<Number> place(count * DIRECTIONS, -1), terminal(count);
        std::vector<float> gains(count);
        edges.reserve(count * (DIRECTIONS + 2));
        capacities.reserve(count * (DIRECTIONS + 2));
        for (size_t i = 0; i < count; i++) {
            const size_t cell = cells[i];
            const int x = (int)(cell % (size_t)grid.width), y = (int)(cell / (size_t)grid.width);
            float gain = grid.gain[cell];
            for (int d = 0; d < DIRECTIONS; d++) {
                const int nx = x + DX[d], ny = y + DY[d];
                if (nx < 0 || ny < 0 || nx >= grid.width || ny >= grid.height)
                    continue;
                const size_t neighbour = (size_t)ny * (size_t)grid.width + (size_t)nx;
                const float weight = tie(cell, neighbour, d);
                if (node[neighbour] < 0) {
                    // Towards a decided neighbour a tie is a gain.
                    gain += grid.gain[neighbour] > 0 ? weight : -weight;
                    continue;
                }
                place[i * DIRECTIONS + (size_t)d] = add((Number)i, node[neighbour], weight);
            }
            gains[i] = gain;
            terminal[i] = gain >= 0 ? add((Number)i, source, 0) : add((Number)i, sink, -gain);
        }
        reverse.assign(edges.size(), 0);
        for (size_t i = 0; i < count; i++)
            for (size_t d = 0; d < DIRECTIONS; d++)
                if (place[i * DIRECTIONS + d] >= 0) {
                    const size_t other = (size_t)edges[(size_t)place[i * DIRECTIONS + d]].second;
                    reverse[(size_t)place[i * DIRECTIONS + d]] = place[other * DIRECTIONS + (DIRECTIONS - 1 - d)];
                }
        for (size_t i = 0; i < count; i++)
            if (gains[i] >= 0)
                pair(terminal[i], add(source, (Number)i, gains[i]));
        for (size_t i = 0; i < count; i++)
            if (gains[i] < 0)
                pair(terminal[i], add(sink, (Number)i, 0));
    }

    Number add(Number from, Number to, float capacity) {
        edges.emplace_back(from, to);
        capacities.push_back(capacity);
        return (Number)edges.size() - 1;
    }

    void pair(Number edge, Number back) {
        reverse.push_back(edge);
        reverse[(size_t)edge] = back;
    }

    void flow() {
        const size_t count = cells.size() + 2;
        Graph graph(boost::edges_are_sorted, edges.begin(), edges.end(), (Number)count);
        std::vector<Graph::edge_descriptor> all(edges.size()), back(edges.size()), before(count);
        const auto range = boost::edges(graph);
        size_t next = 0;
        for (auto edge = range.first; edge != range.second; ++edge)
            all[next++] = *edge;
        for (size_t i = 0; i < back.size(); i++)
            back[i] = all[(size_t)reverse[i]];
        colours.assign(count, boost::white_color);
        std::vector<float> residual(edges.size());
        std::vector<Number> distances(count);
        const auto edge_index = boost::get(boost::edge_index, graph);
        const auto vertex_index = boost::get(boost::vertex_index, graph);
        boost::boykov_kolmogorov_max_flow(graph, boost::make_iterator_property_map(capacities.begin(), edge_index),
                                          boost::make_iterator_property_map(residual.begin(), edge_index),
                                          boost::make_iterator_property_map(back.begin(), edge_index),
                                          boost::make_iterator_property_map(before.begin(), vertex_index),
                                          boost::make_iterator_property_map(colours.begin(), vertex_index),
                                          boost::make_iterator_property_map(distances.begin(), vertex_index),
                                          vertex_index, (Number)cells.size(), (Number)cells.size() + 1);
    }
};

} // namespace

extern "C" int32_t graphcut_divide(const graphcut_grid *grid, uint8_t *inside) {
    if ((int64_t)grid->width * grid->height > MOST_CELLS)
        return 0;
    try {
        Division(*grid).run(inside);
    } catch (const std::bad_alloc &) {
        return 0;
    }
    return 1;
}
