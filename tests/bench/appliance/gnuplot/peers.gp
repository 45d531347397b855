# SPDX-License-Identifier: BSD-3-Clause
set xlabel "M answers/s"
unset ylabel
set grid noytics xtics linetype 1 linecolor rgb "#e8eaed"
set xrange [0:*]
set yrange [-0.6:*]
set offsets 0, graph 0.08, 0.6, 0
set ytics scale 0 noenhanced
colour(ours) = int(ours) ? 0x0072b2 : 0x9aa0a6
set boxwidth 0.7
plot data using (0.5*$2):0:(0.5*$2):(0.35):(colour($3)):ytic(1) with boxxyerror linecolor rgb variable notitle, \
     "" using 2:0:(sprintf("%.2f", $2)) with labels left offset 0.7,0 notitle
