OPENQASM 3.0;
include "stdgates.inc";
qubit q;
for int i in [0:0:3] { }
for int i in [0:] { }
for float f in [0:3] { }
for int i in 5 { }
break;
continue;
while (true) { x q; }
for i in [0:3] { }
