# SPDX-License-Identifier: BSD-3-Clause
# What all plots share: quiet axes, bars, colours that colour-blind eyes tell apart (Okabe and Ito).
set output out
set datafile separator tab
set encoding utf8
grey = "#9aa0a6"
blue = "#0072b2"
sky = "#56b4e9"
orange = "#e69f00"
red = "#d55e00"
set title sprintf("{/:Bold %s}\n{/*0.75 %s}", heading, machine) textcolor rgb "#202124" noenhanced
set title enhanced
set border 3 linecolor rgb "#5f6368"
set tics nomirror out scale 0.5 textcolor rgb "#202124"
set xtics scale 0
set grid ytics linetype 1 linecolor rgb "#e8eaed" linewidth 1
set style data histograms
set style histogram clustered gap 1
set style fill solid 1.0 noborder
set boxwidth 0.9
set key top right horizontal reverse Left samplen 1.2 textcolor rgb "#202124" noenhanced
set xrange [-0.6:count - 0.4]
set yrange [0:*]
set offsets 0, 0, graph 0.12, 0
