# SPDX-License-Identifier: BSD-3-Clause
set ylabel "ratio to testpmd"
third = 1.0 / 3
plot data using 2:xtic(1) title "io lcore + worker" linecolor rgb blue, \
     "" using 3 title "one lcore" linecolor rgb sky, \
     "" using ($0-third/2):2:(sprintf("%.2f", $2)) with labels offset 0,0.6 notitle, \
     "" using ($0+third/2):3:(sprintf("%.2f", $3)) with labels offset 0,0.6 notitle, \
     "" using ($0-third/2):4:(third*0.45):(0) with vectors nohead linecolor rgb red linewidth 2 title "aim", \
     "" using ($0-third/2):4:(-third*0.45):(0) with vectors nohead linecolor rgb red linewidth 2 notitle, \
     "" using ($0+third/2):5:(third*0.45):(0) with vectors nohead linecolor rgb red linewidth 2 notitle, \
     "" using ($0+third/2):5:(-third*0.45):(0) with vectors nohead linecolor rgb red linewidth 2 notitle
