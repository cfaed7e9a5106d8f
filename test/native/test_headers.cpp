// Holds the precompiled headers of the tests; nobody runs it.
int main() { return 0; }
